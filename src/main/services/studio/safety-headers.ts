import { CONTENT_SECURITY_POLICY } from '../library/window-files.ts';

/**
 * Headers of every response of a host, of any content: pictures, tables and errors are study data too. A browser must not keep them,
 * guess their type, show them within another page, or give them to one.
 */
export const SAFETY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Adds the headers that a response does not have yet. */
export function withSafetyHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(SAFETY_HEADERS)) if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}
