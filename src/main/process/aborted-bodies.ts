let isIgnoring = false;

/**
 * Must be called by hosts that send responses. A window that leaves while it receives an answer with files (a multipart body) closes its
 * stream. undici then writes into the closed stream in a promise that cannot be caught (`extractBody`, Node 24), which would end the
 * program. All other rejections still end it.
 */
export function ignoreAbortedBodies(): void {
  if (isIgnoring) return;
  isIgnoring = true;
  process.on('unhandledRejection', (reason) => {
    if (!isAbortedBody(reason)) throw reason;
  });
}

function isAbortedBody(reason: unknown): boolean {
  return (
    reason instanceof TypeError && (reason as { code?: unknown }).code === 'ERR_INVALID_STATE' && /at node:internal\/deps\/undici/.test(reason.stack ?? '')
  );
}
