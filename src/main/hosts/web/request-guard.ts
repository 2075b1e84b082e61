import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Checks requests to the web host. A request needs the token and must come from a page of this host. The token alone is not
 * sufficient: any page in the browser can send requests to 127.0.0.1, and DNS rebinding can point any name to 127.0.0.1.
 */
export class RequestGuard {
  readonly token = randomBytes(32).toString('base64url');
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** The address for the first visit, which moves the token from the address to a cookie. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}`;
  }

  /** Includes the port, because the browser sends cookies of 127.0.0.1 to all ports. */
  get #cookieName(): string {
    return `adatosk_${this.#port}`;
  }

  get cookie(): string {
    return `${this.#cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** The reason to reject a request, for the log; undefined if it is allowed. */
  refusal({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (!hosts.includes(headers.host ?? '')) return `Host is ${JSON.stringify(headers.host ?? null)}`;
    if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) return `Origin is ${JSON.stringify(headers.origin)}`;
    // The browser marks requests from pages of other sites.
    if (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') return `Sec-Fetch-Site is ${headers['sec-fetch-site']}`;
    if (this.#isToken(this.tokenIn(url)) || this.#isToken(this.#cookieIn(headers.cookie)) || this.#isToken(bearerIn(headers.authorization))) return undefined;
    return 'the token is missing or wrong';
  }

  /** The token in a URL; undefined if there is none. */
  tokenIn(url: string | undefined): string | undefined {
    return new URLSearchParams(url?.split('?')[1]).get('token') ?? undefined;
  }

  #cookieIn(cookies: string | undefined): string | undefined {
    const own = cookies?.split('; ').find((each) => each.startsWith(`${this.#cookieName}=`));
    return own?.slice(this.#cookieName.length + 1);
  }

  #isToken(given: string | undefined): boolean {
    const [expected, actual] = [Buffer.from(this.token), Buffer.from(given ?? '')];
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  }
}

function bearerIn(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
}
