import { EventPublisher } from '@orpc/server';
import type { StudioEvent } from '../../../shared/contract/events.ts';

/** What happened, to every window that listens. Events tell that something changed; they order nothing. */
export class StudioEvents {
  /** A window that does not read fast enough loses its oldest progress, never more than it can catch up with by reading again. */
  readonly #publisher = new EventPublisher<{ event: StudioEvent }>({ maxBufferedEvents: 10_000 });

  publish(event: StudioEvent): void {
    this.#publisher.publish('event', event);
  }

  /** Everything from now on, until the signal. */
  listen(signal: AbortSignal | undefined): AsyncGenerator<StudioEvent, void, void> {
    return this.#publisher.subscribe('event', signal === undefined ? {} : { signal }) as unknown as AsyncGenerator<StudioEvent, void, void>;
  }
}
