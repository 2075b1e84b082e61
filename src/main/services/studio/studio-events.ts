import { EventPublisher } from '@orpc/server';
import type { StudioEvent } from '../../../shared/contract/events.ts';

/** Publishes events to all windows that listen. An event reports a change; it is never a command. */
export class StudioEvents {
  /** The limit drops the oldest events of a slow window. It loses no data, because events only cause it to read again. */
  readonly #publisher = new EventPublisher<{ event: StudioEvent }>({ maxBufferedEvents: 10_000 });

  publish(event: StudioEvent): void {
    this.#publisher.publish('event', event);
  }

  /** All events from now on until the signal is aborted. */
  listen(signal: AbortSignal | undefined): AsyncGenerator<StudioEvent, void, void> {
    return this.#publisher.subscribe('event', signal === undefined ? {} : { signal }) as unknown as AsyncGenerator<StudioEvent, void, void>;
  }
}
