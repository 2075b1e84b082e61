import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MODULE = new URL('./aborted-bodies.ts', import.meta.url).href;

/** Leaves in the middle of a multipart body, then runs `after`. @returns what is printed, and the exit code */
function abortBody(before: string, after = ''): { stdout: string; status: number | null } {
  const script = `
    import { setTimeout as wait } from 'node:timers/promises';
    ${before}
    const form = new FormData();
    for (let i = 0; i < 20; i++) form.append('file', new Blob([new Uint8Array(1e6)]), 'file');
    const reader = new Response(form).body.getReader();
    await reader.read();
    await reader.cancel();
    await wait(300);
    ${after}
    console.log('alive');`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  return { stdout: stdout.trim(), status };
}

const IGNORED = `import { ignoreAbortedBodies } from ${JSON.stringify(MODULE)}; ignoreAbortedBodies();`;

test('a window that leaves in the middle of an answer does not end the program', () => {
  expect(abortBody(IGNORED)).toEqual({ stdout: 'alive', status: 0 });
});

test('any other rejection does', () => {
  expect(abortBody(IGNORED, `Promise.reject(new TypeError('another')); await wait(100);`)).toMatchObject({ stdout: '', status: 1 });
});
