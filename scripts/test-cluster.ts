/**
 * Starts a real Slurm of one node, analyses the samples by an array of four tasks, one of which is stopped and put back into the
 * queue, and compares the merged tables with those of a single run. Needs root, and Debian's slurm-wlm and snakemake.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..');
const LAUNCHER = join(ROOT, 'bin', 'adatosk.js');
const SAMPLES = join(ROOT, 'samples');
const TASKS = 4;
const LONGEST_WAIT_S = 900;

const folder = mkdtempSync(join(tmpdir(), 'adatosk-slurm-'));
const at = (...parts: string[]): string => join(folder, ...parts);
const slurm = { ...process.env, SLURM_CONF: at('slurm.conf') };
const daemons: ReturnType<typeof spawn>[] = [];

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { env: slurm, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function adatosk(...args: string[]): string {
  return run(process.execPath, LAUNCHER, ...args);
}

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  for (let i = 0; i < LONGEST_WAIT_S * 4; i++) {
    const found = look();
    if (found !== undefined) return found;
    await wait(250);
  }
  throw new Error(`${what}: not in ${LONGEST_WAIT_S} s`);
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`);
  console.log(`  ✓ ${what}`);
}

function requireSlurm(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('This test needs Linux, and root to start Slurm.');
  for (const program of ['slurmctld', 'slurmd', 'munged']) {
    if (!existsSync(`/usr/sbin/${program}`)) throw new Error(`${program} is missing: apt-get install slurm-wlm munge`);
  }
}

async function startSlurm(): Promise<void> {
  const host = hostname().split('.')[0]!;
  if (!readFileSync('/etc/hosts', 'utf8').split(/\s+/).includes(host)) appendFileSync('/etc/hosts', `\n127.0.0.1 ${host}\n`);
  for (const name of ['state', 'spool']) mkdirSync(at(name));
  const megabytes = Math.floor(Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))![1]) / 1024) - 512;
  const settings = [
    ...['ClusterName=adatosk', `SlurmctldHost=${host}(127.0.0.1)`, 'AuthType=auth/munge', 'SlurmUser=root', 'SlurmdUser=root', 'MpiDefault=none'],
    ...['ProctrackType=proctrack/pgid', 'TaskPlugin=task/none', 'SlurmctldPort=26817', 'SlurmdPort=26818', 'ReturnToService=2', 'JobRequeue=1'],
    ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core_Memory', 'KillWait=30', 'MinJobAge=3600', 'SwitchType=switch/none'],
    ...['AccountingStorageType=accounting_storage/none', 'JobAcctGatherType=jobacct_gather/none', `StateSaveLocation=${at('state')}`],
    ...[`SlurmdSpoolDir=${at('spool')}`, `SlurmctldPidFile=${at('slurmctld.pid')}`, `SlurmdPidFile=${at('slurmd.pid')}`],
    ...[`SlurmctldLogFile=${at('slurmctld.log')}`, `SlurmdLogFile=${at('slurmd.log')}`],
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} RealMemory=${megabytes}`,
    `PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
  ];
  writeFileSync(at('slurm.conf'), `${settings.join('\n')}\n`);
  mkdirSync('/run/munge', { recursive: true });
  run('chown', 'munge:munge', '/run/munge');
  const munged = spawn('runuser', ['-u', 'munge', '--', '/usr/sbin/munged', '--foreground', '--force', `--socket=${'/run/munge/munge.socket.2'}`], {
    stdio: 'ignore',
  });
  daemons.push(munged);
  await until('munge', () => (existsSync('/run/munge/munge.socket.2') ? true : undefined));
  daemons.push(spawn('/usr/sbin/slurmctld', ['-D'], { env: slurm, stdio: 'ignore' }));
  daemons.push(spawn('/usr/sbin/slurmd', ['-D', '-N', host], { env: slurm, stdio: 'ignore' }));
  await until('the node', () => {
    try {
      return /\b(idle|mix|alloc)/.test(run('sinfo', '--noheader', '--format=%T')) ? true : undefined;
    } catch {
      return undefined;
    }
  });
}

/** States of the tasks of a job: 'PENDING', 'RUNNING', 'COMPLETED' … by task. */
function states(job: string): Map<string, string> {
  const text = run('scontrol', 'show', 'job', job, '--oneliner');
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [/ArrayTaskId=(\S+)/.exec(line)?.[1] ?? '', /JobState=(\S+)/.exec(line)?.[1] ?? '']),
  );
}

/** A table without the columns of times that differ from run to run. */
function comparable(out: string, table: string): string {
  const text = readFileSync(join(out, table), 'utf8');
  if (table !== 'summary.csv') return text;
  const lines = text.split('\r\n').map((line) => line.split(','));
  const timed = ['seconds_taken', 'times_real_time'].map((name) => lines[0]!.indexOf(name));
  return lines.map((cells) => cells.filter((_, i) => !timed.includes(i)).join(',')).join('\n');
}

async function test(): Promise<void> {
  requireSlurm();
  console.log('starting Slurm …');
  await startSlurm();
  const [divided, single] = [at('divided'), at('single')];
  const written = adatosk(
    'cluster',
    'slurm',
    SAMPLES,
    '--out',
    divided,
    '--tasks',
    String(TASKS),
    '--cpus',
    '1',
    '--memory',
    '1500M',
    '--time',
    '30:00',
    '--submit',
  );
  console.log(written.trimEnd());
  const job = /array job (\d+)/.exec(written)![1]!;
  const merge = /merge job (\d+)/.exec(written)![1]!;

  const parts = join(divided, '.adatosk', 'videos');
  const task = await until('a running task', () => [...states(job)].find(([, state]) => state === 'RUNNING')?.[0]);
  await until('a finished video', () => (existsSync(parts) && readdirSync(parts).length > 0 ? true : undefined));
  run('scontrol', 'requeue', `${job}_${task}`);
  console.log(`task ${task} was stopped and put back into the queue`);
  await until('the task in the queue', () => (states(job).get(task) === 'PENDING' ? true : undefined));
  // Slurm waits two minutes before it starts such a task again.
  run('scontrol', 'update', `JobId=${job}_${task}`, 'StartTime=now');

  await until('the merge', () => (['COMPLETED', 'FAILED', 'CANCELLED'].includes(states(merge).get('') ?? '') ? true : undefined));
  check(
    [...states(job).values()].every((state) => state === 'COMPLETED'),
    'all tasks are completed',
  );
  const logs = join(divided, 'cluster', 'logs');
  const logOf = (name: string): string => readFileSync(join(logs, name), 'utf8');
  check(states(merge).get('') === 'COMPLETED', `the merge job is completed\n${logOf(`merge-${merge}.txt`)}`);
  check(logOf(`${job}-${task}.txt`).split(', model adatosk-tiny,').length === 3, 'the task that was put back began twice');

  console.log('analysing the same videos in a single run …');
  adatosk('analyze', SAMPLES, '--out', single, '--device', 'cpu');
  for (const table of ['timeline.csv', 'peaks.csv', 'segments.csv', 'summary.csv'])
    check(comparable(divided, table) === comparable(single, table), `${table} is that of a single run`);
  const status = JSON.parse(adatosk('status', divided, '--json')) as { done: number; missing: number };
  check(status.missing === 0 && status.done === readdirSync(SAMPLES).filter((name) => name.endsWith('.mp4')).length, 'status: nothing is missing');
}

/** The same commands as a workflow of Snakemake, with two of the videos. */
function testSnakemake(): void {
  const [videos, out] = [at('two'), at('snakemake')];
  mkdirSync(videos);
  for (const name of ['neutral-talking.mp4', 'one-face-leaves.mp4']) copyFileSync(join(SAMPLES, name), join(videos, name));
  adatosk('cluster', 'snakemake', videos, '--out', out, '--tasks', '2', '--cpus', '1');
  execFileSync('snakemake', ['--snakefile', join(out, 'cluster', 'Snakefile'), '--cores', '2', '--quiet'], { cwd: folder, stdio: 'ignore' });
  check(
    comparable(out, 'summary.csv')
      .split('\n')
      .filter((line) => line.includes(',done,')).length === 2,
    'Snakemake: two videos are done',
  );
}

let code = 0;
try {
  await test();
  testSnakemake();
  console.log('cluster test passed');
} catch (error) {
  code = 1;
  console.error(error instanceof Error ? error.message : error);
  for (const log of ['slurmctld.log', 'slurmd.log']) if (existsSync(at(log))) console.error(readFileSync(at(log), 'utf8').split('\n').slice(-15).join('\n'));
} finally {
  for (const daemon of daemons.reverse()) daemon.kill('SIGTERM');
  await wait(1500);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
