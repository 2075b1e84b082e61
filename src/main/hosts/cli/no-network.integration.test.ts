/** No network access: strace (Debian package `strace`) records the system calls of complete commands. Linux only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';

const ENTRY = fileURLToPath(new URL('./adatosk.ts', import.meta.url));
const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);

interface Traced {
  /** Lines of the trace with an internet socket or address. */
  readonly internet: readonly string[];
  /** Files that the command left in the home folder and in the temporary folder. */
  readonly left: readonly string[];
  readonly stdout: string;
}

/** Runs a command with its own home and temporary folder. @param stopWhen sends SIGTERM when standard output contains this */
async function trace(name: string, args: readonly string[], stopWhen?: (stdout: string) => Promise<void> | undefined): Promise<Traced> {
  const [home, temporary, file] = [at(name, 'home'), at(name, 'tmp'), at(name, 'trace')];
  await mkdir(home, { recursive: true });
  await mkdir(temporary);
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, TMPDIR: temporary, ADATOSK_CONFIG: at(name, 'config') };
  // The program must set this variable itself.
  delete env['ORT_DISABLE_TELEMETRY'];
  delete env['XDG_CACHE_HOME'];
  // -D: the child is the command itself, so that it gets the signal.
  const child = spawn(
    'strace',
    ['-D', '-f', '-qq', '--seccomp-bpf', '-e', 'trace=network', '-e', 'signal=none', '-o', file, process.execPath, ENTRY, ...args],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [stdout, stderr, stopped] = ['', '', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const work = stopped ? undefined : stopWhen?.(stdout);
    if (work === undefined) return;
    stopped = true;
    void work.finally(() => child.kill('SIGTERM'));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (!stopped) expect(`${code} ${code === 0 ? '' : stderr}`).toBe('0 ');
  const calls = (await readFile(file, 'utf8')).split('\n');
  const left = [...(await readdir(home, { recursive: true })), ...(await readdir(temporary, { recursive: true }))];
  return { internet: calls.filter((line) => /\bA?F_INET6?\b|sin6?_addr/.test(line)), left, stdout };
}

describe.skipIf(process.platform !== 'linux')('no internet socket is opened and no file of a usage report is written', () => {
  beforeAll(async () => {
    await mkdir(at('set'));
    const rows = ['path,label,participant'];
    for (let i = 0; i < 4; i++) {
      await ffmpeg('-ss', String(0.2 * i), '-i', ONE_FACE, '-t', '1', at('set', `${i}.mp4`));
      rows.push(`${i}.mp4,${i % 2 === 0 ? 'neutral' : 'happiness'},P${i >> 1}`);
    }
    await writeFile(at('set', 'set.csv'), rows.join('\n'));
    await mkdir(at('videos'));
    await cp(at('set', '0.mp4'), at('videos', '0.mp4'));
  });

  test('by an analysis into a project', async () => {
    const { internet, left } = await trace('analyze', ['analyze', at('videos'), '--out', at('tables'), '--project', at('project')]);
    expect({ internet, left }).toEqual({ internet: [], left: [] });
  });

  test('by a training, and by an evaluation of its model', async () => {
    const quick = ['--batch', '2', '--epochs', '1,1,1', '--faces', at('faces')];
    const trained = await trace('train', ['train', '--data', at('set', 'set.csv'), '--out', at('model'), ...quick]);
    expect(trained).toMatchObject({ internet: [], left: [] });
    const evaluated = await trace('evaluate', ['evaluate', at('model'), '--data', at('set', 'set.csv'), '--faces', at('faces'), '--out', at('figures')]);
    expect(evaluated).toMatchObject({ internet: [], left: [] });
  });

  test('by doctor, which tries every device', async () => {
    expect(await trace('doctor', ['doctor'])).toMatchObject({ internet: [], left: [] });
  });

  test('by the web host while its queue runs, except its own port on 127.0.0.1', async () => {
    const { internet, left } = await trace('serve', ['serve', '--project', at('project'), '--json'], (stdout) => {
      const { address } = stdout.includes('}') ? (JSON.parse(stdout) as { address: string }) : { address: undefined };
      return address === undefined ? undefined : analyseThrough(address);
    });
    expect(internet.filter((line) => !/inet_addr\("127\.0\.0\.1"\)|socket\(AF_INET, SOCK_STREAM/.test(line))).toEqual([]);
    expect(internet.filter((line) => /\bconnect\(/.test(line))).toEqual([]);
    expect(left).toEqual([]);
  });
});

/** Adds the videos to the queue and waits until all are done. */
async function analyseThrough(address: string): Promise<void> {
  const { origin, searchParams } = new URL(address);
  const call = async (name: string, input: unknown): Promise<{ jobs?: { status: string }[] }> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${searchParams.get('token')!}` };
    const answer = await fetch(`${origin}/rpc/${name}`, { method: 'POST', headers, body: JSON.stringify({ json: input }) });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { json?: { jobs?: { status: string }[] } }).json ?? {};
  };
  await call('queue/add', { paths: [at('set')], device: 'cpu' });
  for (;;) {
    const { jobs = [] } = await call('queue/state', undefined);
    if (jobs.length > 0 && jobs.every(({ status }) => status === 'done' || status === 'failed')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
