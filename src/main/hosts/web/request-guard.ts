import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the web host: whoever knows the token, from a page of the host itself. Any page in the browser can
 * send requests to 127.0.0.1, and a name of any site can be made to mean 127.0.0.1; so the token alone is not enough.
 */
export class RequestGuard {
  readonly token = randomBytes(32).toString('base64url');
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Where a person begins: the token is taken out of the address at the first visit. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}`;
  }

  /** One cookie a port: cookies of 127.0.0.1 are seen on all of its ports. */
  get #cookieName(): string {
    return `adatosk_${this.#port}`;
  }

  get cookie(): string {
    return `${this.#cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Why a request is refused, for the log; undefined where it may come in. */
  refusal({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (!hosts.includes(headers.host ?? '')) return `Host is ${JSON.stringify(headers.host ?? null)}`;
    if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) return `Origin is ${JSON.stringify(headers.origin)}`;
    // A page of another site that embeds or fetches us is told by the browser itself.
    if (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') return `Sec-Fetch-Site is ${headers['sec-fetch-site']}`;
    if (this.#isToken(this.tokenIn(url)) || this.#isToken(this.#cookieIn(headers.cookie)) || this.#isToken(bearerIn(headers.authorization))) return undefined;
    return 'the token is missing or wrong';
  }

  /** The token in an address; undefined where there is none. */
  tokenIn(url: string | undefined): string | undefined {
    return new URLSearchParams(url?.split('?')[1]).get('token') ?? undefined;
  }

  #cookieIn(cookies: string | undefined): string | undefined {
    const own = cookies?.split('; ').find((each) => each.startsWith(`${this.#cookieName}=`));
    return own?.slice(this.#cookieName.length + 1);
  }

  #isToken(given: string | undefined): boolean {
    const [ours, theirs] = [Buffer.from(this.token), Buffer.from(given ?? '')];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  }
}

function bearerIn(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
}
