#!/usr/bin/env node
// Starts the command line under the project's own Node 24, whatever Node was used to get here.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { install, ownNode } from '../scripts/install.js';

// A small young generation: its size decides how much of past pictures is kept, and so the peak of memory.
const NODE_OPTIONS = ['--max-semi-space-size=4'];

// onnxruntime's native library sends usage data unless this is set before it is loaded (docs/user/privacy.md)
process.env.ORT_DISABLE_TELEMETRY = '1';

// --no-install, anywhere among the arguments: exit code 4 where something is missing, see scripts/install.js.
const args = process.argv.slice(2).filter((argument) => argument !== '--no-install');

// Messages for people go to standard error: a program may read standard output.
install({ quiet: true, mayInstall: !process.argv.includes('--no-install') });
const child = spawn(ownNode(), [...NODE_OPTIONS, fileURLToPath(new URL('../src/main/hosts/cli/adatosk.ts', import.meta.url)), ...args], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// Ctrl+C reaches the child too (same terminal); it finishes what it writes, and we pass its exit code on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
child.on('error', (error) => {
  process.stderr.write(`adatosk: Node 24 could not be started: ${error.message}. Run "npm ci" in ${fileURLToPath(new URL('..', import.meta.url))}.\n`);
  process.exitCode = 2;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0);
});
