import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Checks requests to the web host. A request needs the token and must come from a page of this host. The token alone is not
 * sufficient: any page in the browser can send requests to 127.0.0.1, and DNS rebinding can point any name to 127.0.0.1.
 *
 * The browser sends the cookie of this host to every port of 127.0.0.1, so to any other program that serves there. The cookie therefore has
 * a value of its own. It is enough for the window's files, videos and pictures, whose addresses contain random ids. The API needs the token
 * in a header.
 */
export class RequestGuard {
  readonly token = randomBytes(32).toString('base64url');
  readonly #cookieValue = randomBytes(32).toString('base64url');
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** The address for the first visit, which gives the window its token and its cookie. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}`;
  }

  /** Includes the port, because the browser sends cookies of 127.0.0.1 to all ports. */
  get #cookieName(): string {
    return `adatosk_${this.#port}`;
  }

  get cookie(): string {
    return `${this.#cookieName}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** The reason to reject a request for `what`, for the log; undefined if it is allowed. */
  refusal({ headers, headersDistinct, url }: Pick<IncomingMessage, 'headers' | 'headersDistinct' | 'url'>, what: 'api' | 'files'): string | undefined {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (!hosts.includes(headers.host ?? '')) return `Host is ${JSON.stringify(headers.host ?? null)}`;
    // RFC 9112, 3.2: with two of them, another program on the way could have checked the other one.
    if (headersDistinct['host']?.length !== 1) return 'there are several Host headers';
    if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`)) return `Origin is ${JSON.stringify(headers.origin)}`;
    // The browser marks where a request comes from: 'none' is an address that a person opened. Other programs send no mark.
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return `Sec-Fetch-Site is ${JSON.stringify(site)}`;
    if (isSame(bearerIn(headers.authorization), this.token)) return undefined;
    if (what === 'files' && (isSame(this.tokenIn(url), this.token) || isSame(this.#cookieIn(headers.cookie), this.#cookieValue))) return undefined;
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
}

function isSame(given: string | undefined, secret: string): boolean {
  const [expected, actual] = [Buffer.from(secret), Buffer.from(given ?? '')];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function bearerIn(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
}
