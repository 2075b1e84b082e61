import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { command, readTable, startCommand } from '../../../../testing/command.ts';
import { EXACT, ffmpeg, ONE_FACE, temporaryFolder, TWO_FACES } from '../../../../testing/videos.ts';
import { PEAKS, SEGMENTS, SUMMARY, TIMELINE } from '../../formats/tables.ts';
import { listVideos } from '../../project/library.ts';
import { openProject } from '../../project/store/open-project.ts';
import { listRuns, readResult } from '../../project/recorded-results.ts';
import { ProgressLine } from './terminal/progress-line.ts';

const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);
const tables = ['timeline.csv', 'peaks.csv', 'segments.csv'];

async function contents(out: string): Promise<string[]> {
  return Promise.all(tables.map((name) => readFile(join(out, name), 'utf8')));
}

describe('a folder with readable and damaged files', () => {
  const good = ['Größe 试验 (1)/a "b", c.mp4', 'hevc10.mp4', 'old.avi', 'phone.mp4'];
  const bad = ['cut.mp4', 'empty.mp4', 'sound.mp4', 'text.mp4'];
  let result: Awaited<ReturnType<typeof command>>;

  beforeAll(async () => {
    await mkdir(at('mixed', 'Größe 试验 (1)'), { recursive: true });
    await ffmpeg('-i', ONE_FACE, '-t', '2', at('mixed', good[0]!));
    await ffmpeg('-i', ONE_FACE, '-t', '2', '-pix_fmt', 'yuv420p10le', '-c:v', 'libx265', '-x265-params', 'log-level=none', at('mixed', 'hevc10.mp4'));
    await ffmpeg('-i', ONE_FACE, '-t', '2', '-c:v', 'mpeg4', '-q:v', '3', at('mixed', 'old.avi'));
    // The rotation is in the metadata of the file. The face is found only if it is applied.
    await ffmpeg('-i', ONE_FACE, '-t', '2', '-vf', 'transpose=1', at('lying.mp4'));
    await ffmpeg('-i', at('lying.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', at('mixed', 'phone.mp4'));
    await writeFile(at('mixed', 'empty.mp4'), '');
    await writeFile(at('mixed', 'text.mp4'), 'This is no video.');
    await copyFile(TWO_FACES, at('mixed', 'cut.mp4'));
    await truncate(at('mixed', 'cut.mp4'), 50_000);
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', at('mixed', 'sound.mp4'));
    result = await command('analyze', at('mixed'), '--out', at('mixed-out'), '--device', 'cpu', '--json');
  });

  test('is processed completely: exit code 1 and the counts of both', () => {
    expect(result.code).toBe(1);
    expect(result.json).toMatchObject({ videos: 8, done: 4, failed: 4, device: 'cpu', model: 'adatosk-tiny', trained: true });
    expect(result.json['timesRealTime']).toBeGreaterThan(0);
    expect(result.json['note']).toMatch(/^trained on rendered faces .* not validated on spontaneous expressions/);
  });

  test('has one row per file in summary.csv; a failed one has the reason and the remedy', async () => {
    const rows = await readTable(at('mixed-out', 'summary.csv'));
    expect(rows.map(({ video }) => video)).toEqual([...good, ...bad].sort());
    for (const row of rows) {
      expect(row['status']).toBe(bad.includes(row['video']!) ? 'failed' : 'done');
      if (row['status'] === 'failed') expect(row['error']).toMatch(new RegExp(`${row['video']!.replace('.', '\\.')}.*\\. .*\\.$`));
      else expect(row).toMatchObject({ faces: '1', error: '', warnings: '', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    }
  });

  test('has the documented columns in every table, readable by a strict parser', async () => {
    for (const { file, columns } of [TIMELINE, PEAKS, SEGMENTS, SUMMARY]) {
      const text = await readFile(at('mixed-out', file), 'utf8');
      expect(text.split('\r\n')[0]).toBe(columns.join(','));
      await readTable(at('mixed-out', file));
    }
    // Columns of earlier versions come first.
    expect(TIMELINE.columns.join()).toBe(
      'video,face_id,slot,start_s,end_s,start_frame,end_frame,status,face_confidence,box_x,box_y,box_w,box_h,happiness,sadness,neutral,anger,surprise,disgust,fear,label,intensity,mask_class_agnostic,mask_class_semantic,mask_final,yaw_deg,pitch_deg,roll_deg,entropy,unusual,unusual_reasons,' +
        '1,2,4,5,6,7,9,10,12,14,15,16,17,18,20,22,23,24,25,26,27,28,45'
          .split(',')
          .map((unit) => `au${unit.padStart(2, '0')}_intensity`)
          .join(),
    );
  });

  test('has probabilities with sum 1, and consecutive intervals', async () => {
    const rows = (await readTable(at('mixed-out', 'timeline.csv'))).filter(({ video }) => video === good[0]);
    expect(rows).toHaveLength(10);
    for (const [i, row] of rows.entries()) {
      const sum = ['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear'].reduce((total, name) => total + Number(row[name]), 0);
      expect(sum).toBeCloseTo(1, 4);
      expect(row['start_s']).toBe(i === 0 ? '0' : rows[i - 1]!['end_s']);
      expect(row['start_frame']).toBe(i === 0 ? '0' : rows[i - 1]!['end_frame']);
    }
    expect(rows.at(-1)).toMatchObject({ end_frame: '50', end_s: '2' });
  });

  test('is described by run.json, including the warnings of the model', async () => {
    const run = JSON.parse(await readFile(at('mixed-out', 'run.json'), 'utf8')) as Record<string, unknown>;
    expect(run).toMatchObject({
      model: { id: 'adatosk-tiny', trained: true },
      warnings: expect.arrayContaining([expect.stringMatching(/^trained on rendered faces/)]) as string[],
      warningCodes: [{ id: 'model/rendered', parameters: {} }],
      device: 'cpu',
      cancelled: false,
    });
    expect(Object.keys(run)).toEqual(expect.arrayContaining(['appVersion', 'options', 'thresholds', 'start', 'end']));
  });
});

describe('an untrained model', () => {
  test('is marked as untrained in all outputs', async () => {
    await ffmpeg('-i', ONE_FACE, '-t', '1', at('short.mp4'));
    const { json } = await command('analyze', at('short.mp4'), '--out', at('untrained'), '--model', 'small', '--device', 'cpu', '--json');
    expect(json).toMatchObject({ trained: false, note: 'untrained weights: numbers mean nothing yet' });
    const run = JSON.parse(await readFile(at('untrained', 'run.json'), 'utf8')) as Record<string, unknown>;
    expect(run).toMatchObject({ model: { id: 'adatosk-small', trained: false }, warnings: ['untrained weights: numbers mean nothing yet'] });
  });
});

describe('a run that is stored in a project', () => {
  test('gives the same tables as the analysis, and one layer per run', async () => {
    await ffmpeg('-i', TWO_FACES, '-t', '3', at('kept.mp4'));
    for (const out of ['kept-1', 'kept-2']) {
      const { code } = await command('analyze', at('kept.mp4'), '--out', at(out), '--project', at('project'), '--device', 'cpu', '--json');
      expect(code).toBe(0);
    }
    const { db, close } = await openProject(at('project'));
    const runs = listRuns(db);
    expect(runs).toMatchObject([{ videos: 1 }, { videos: 1 }]);
    const [video, ...others] = listVideos(db);
    expect(others).toEqual([]);
    expect(video).toMatchObject({ name: 'kept.mp4', isMissing: false, review: 'new', analysed: { run: runs[0]!.id, status: 'done', faces: 2 } });
    for (const table of [TIMELINE, PEAKS, SEGMENTS]) {
      const result = readResult(db, runs[0]!.id, video!.id)!;
      const lines = [...table.rows(result)].map((row) => row.map((cell) => String(cell ?? '')));
      const written = await readTable(at('kept-2', table.file));
      expect(lines).toEqual(written.map((row) => table.columns.map((column) => row[column]!)));
    }
    close();
  });
});

describe('the same video at a constant rate and at a variable one that starts at 1.4 s', () => {
  test('has the same frames, the same series and the same times from the start of the file', async () => {
    await ffmpeg('-i', ONE_FACE, '-t', '3', '-c:v', 'libx264', '-qp', '0', at('constant.mp4'));
    const timing = "settb=1/90000,setpts='PTS-STARTPTS+1.4/TB+if(gt(N\\,0)\\,(mod(N*7\\,9)-4)*0.0008/TB\\,0)'";
    await ffmpeg('-copyts', '-i', at('constant.mp4'), '-vf', timing, ...EXACT, at('variable.mkv'));
    await command('analyze', at('constant.mp4'), at('variable.mkv'), '--out', at('pair'), '--device', 'cpu');
    const rows = await readTable(at('pair', 'timeline.csv'));
    const [constant, variable] = ['constant.mp4', 'variable.mkv'].map((name) => rows.filter(({ video }) => video === name));
    expect(constant).toHaveLength(15);
    expect(variable).toHaveLength(15);
    // The last frame of the variable video ends some milliseconds earlier.
    const timeless = (row: Record<string, string>): unknown => ({ ...row, video: '', start_s: '', end_s: '' });
    constant!.forEach((row, i) => {
      const later = variable![i]!;
      expect(timeless(later)).toEqual(timeless(row));
      expect(Number(later['start_s'])).toBeCloseTo(Number(row['start_s']), 6);
    });
    const summary = await readTable(at('pair', 'summary.csv'));
    expect(summary.map(({ variable_rate }) => variable_rate)).toEqual(['false', 'true']);
  });
});

describe('an interrupted run', () => {
  const videos = Array.from({ length: 6 }, (_, i) => `p${i}.mp4`);
  beforeAll(async () => {
    await mkdir(at('batch'));
    for (const [i, name] of videos.entries())
      await ffmpeg('-ss', String(i / 5), '-i', ONE_FACE, '-t', '3', '-c:v', 'libx264', '-preset', 'ultrafast', at('batch', name));
    await command('analyze', at('batch'), '--out', at('whole'), '--device', 'cpu');
  });

  test('by kill -9 leaves no partial table, and --resume gives the tables of an uninterrupted run', async () => {
    const { child, finished, seen } = startCommand(['analyze', at('batch'), '--out', at('killed'), '--device', 'cpu']);
    await seen(/done {6}p1/);
    await wait(120);
    child.kill('SIGKILL');
    await finished;
    for (const name of tables) expect(existsSync(at('killed', name))).toBe(false);
    const resumed = await command('analyze', at('batch'), '--out', at('killed'), '--device', 'cpu', '--resume');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/p0\.mp4.*from an earlier run/);
    expect(resumed.stderr).not.toMatch(/p5\.mp4.*from an earlier run/);
    expect(await contents(at('killed'))).toEqual(await contents(at('whole')));
    expect((await readdir(at('killed'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('by Ctrl+C writes the finished results and exits with 130', async () => {
    const { child, finished, seen } = startCommand(['analyze', at('batch'), '--out', at('stopped'), '--device', 'cpu', '--json']);
    await seen(/done {6}p0/);
    child.kill('SIGINT');
    const { code, json } = await finished;
    expect(code).toBe(130);
    expect(json['cancelled']).toBeGreaterThan(0);
    const rows = await readTable(at('stopped', 'summary.csv'));
    expect(rows.map(({ video }) => video)).toEqual(videos);
    const done = rows.filter(({ status }) => status === 'done').map(({ video }) => video);
    expect(done.length).toBe(json['done']);
    expect(new Set((await readTable(at('stopped', 'timeline.csv'))).map(({ video }) => video))).toEqual(new Set(done));
    expect(JSON.parse(await readFile(at('stopped', 'run.json'), 'utf8'))).toMatchObject({ cancelled: true });
  });

  test('of two videos at once ends with 130, too; to its end it gives the tables of one at a time, and its project the same results', async () => {
    const args = ['analyze', at('batch'), '--at-once', '2', '--device', 'cpu', '--out'];
    const { child, finished, seen } = startCommand([...args, at('two-stopped'), '--json']);
    await seen(/done {6}p[01]/);
    child.kill('SIGINT');
    const { code, json } = await finished;
    expect(code).toBe(130);
    expect(json['cancelled']).toBeGreaterThan(0);
    const resumed = await command(...args, at('two-stopped'), '--resume', '--project', at('two-project'));
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout + resumed.stderr).toMatch(/2 at once/);
    expect(await contents(at('two-stopped'))).toEqual(await contents(at('whole')));
    const exported = await command('export', '--project', at('two-project'), '--format', 'tables', '--out', at('two-tables'));
    expect(exported.code).toBe(0);
    expect(await readTable(at('two-tables', 'timeline.csv'))).toHaveLength((await readTable(at('whole', 'timeline.csv'))).length);
  });

  test('is not resumed with another model, option or video', async () => {
    const again = await command('analyze', at('batch'), '--out', at('whole'), '--device', 'cpu', '--resume', '--token-budget', '0.25');
    expect(again.stderr).not.toMatch(/from an earlier run/);
  });

  test('leaves no process behind', async () => {
    const { child, finished, seen } = startCommand(['analyze', at('batch'), '--out', at('orphans'), '--device', 'cpu']);
    await seen(/done {6}p0/);
    const before = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
      .map(Number);
    expect(before.length).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    await finished;
    const isThere = (pid: number): boolean => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 100 && before.some(isThere); i++) await wait(50);
    expect(before.filter(isThere)).toEqual([]);
  });
});

describe('wrong usage', () => {
  test.each([
    ['no folder for the tables', ['analyze', ONE_FACE]],
    ['a missing path', ['analyze', '/no/such/place', '--out', 'x']],
    ['a folder without videos', ['analyze', at('nothing'), '--out', at('nothing-out')]],
    ['an unknown model', ['analyze', ONE_FACE, '--out', at('x'), '--model', 'huge']],
    ['an unknown device', ['analyze', ONE_FACE, '--out', at('x'), '--device', 'tpu']],
    ['a token budget above 1', ['analyze', ONE_FACE, '--out', at('x'), '--token-budget', '1.5']],
    ['paths and a list', ['analyze', ONE_FACE, '--list', ONE_FACE, '--out', at('x')]],
    ['neither paths nor a list', ['analyze', '--out', at('x')]],
    ['a share that does not exist', ['analyze', ONE_FACE, '--out', at('x'), '--shard', '4/3']],
    ['a share with a project', ['analyze', ONE_FACE, '--out', at('x'), '--shard', '1/3', '--project', at('x')]],
    ['an unknown command', ['analyse', ONE_FACE]],
  ])('%s: exit code 2 and a message', async (_, args) => {
    await mkdir(at('nothing'), { recursive: true });
    const { code, stderr } = await command(...args);
    expect(code).toBe(2);
    expect(stderr.length).toBeGreaterThan(20);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('an unavailable device and a missing ffmpeg: exit code 4', async () => {
    const args = ['analyze', ONE_FACE, '--out', at('x'), '--device'];
    expect((await command(...args, 'cuda')).code).toBe(4);
    expect((await startCommand([...args, 'cpu'], { FFMPEG_PATH: '/no/such/ffmpeg' }).finished).code).toBe(4);
  });

  test('a folder that cannot be written gives a message before the analysis', async () => {
    await writeFile(at('a-file'), '');
    const { code, stderr } = await command('analyze', ONE_FACE, '--out', at('a-file', 'out'), '--device', 'cpu');
    expect(code).toBe(1);
    expect(stderr).toMatch(/a-file.* could not be written\. .*Choose another folder/);
  });
});

describe('help', () => {
  test.each([[[]], [['analyze']], [['models']], [['models', 'inspect']], [['doctor']], [['bench']]])('for %j exits with 0', async (args) => {
    const { code, stdout } = await command(...args, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Usage: adatosk/);
  });
});

describe('models and doctor', () => {
  test('inspect gives the documented properties', async () => {
    const { json, code } = await command('models', 'inspect', 'base', '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({
      id: 'adatosk-base',
      size: 'base',
      trained: false,
      clip: { frames: 16, height: 160, width: 160, sampleRateHz: 10 },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(json['classes']).toEqual(['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear']);
    expect(Object.keys(json['macs'] as object)).toEqual(['1', '0.5', '0.25', 'default']);
  });

  test('doctor checks everything', async () => {
    const { json, code } = await command('doctor', '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({ node: process.version, ffmpeg: { path: expect.any(String) as string }, ffprobe: { path: expect.any(String) as string } });
    const providers = json['providers'] as { name: string; available: boolean; reason: string }[];
    expect(providers.find(({ name }) => name === 'cpu')).toMatchObject({ available: true });
    for (const { reason } of providers) expect(reason).toMatch(/\w+/);
    const models = json['models'] as { id: string; ok: boolean }[];
    expect(models.map(({ id }) => id)).toEqual(['adatosk-base', 'adatosk-small', 'adatosk-tiny', 'blazeface-back', 'blazeface-front']);
    expect(models.every(({ ok }) => ok)).toBe(true);
    expect(json['store']).toMatchObject({ ok: true, note: expect.stringMatching(/^SQLite 3\.\d+\.\d+, journal wal, synchronous FULL$/) as string });
  });

  test('doctor gives a remedy if ffmpeg is missing', async () => {
    const { finished } = startCommand(['doctor', '--json'], { FFMPEG_PATH: '/no/such/ffmpeg' });
    const { json, code } = await finished;
    expect(code).toBe(1);
    expect(json['ffmpeg']).toMatchObject({ path: null, origin: expect.stringMatching(/FFMPEG_PATH/) as string });
  });
});

describe('the launcher', () => {
  const LAUNCHER = fileURLToPath(new URL('../../../../bin/adatosk.js', import.meta.url));
  const start = (out: string): ReturnType<typeof spawn> =>
    spawn(process.execPath, [LAUNCHER, 'analyze', at('batch'), '--out', out, '--device', 'cpu'], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const until = (child: ReturnType<typeof spawn>, text: RegExp): Promise<void> =>
    new Promise((resolve) => {
      let seen = '';
      child.stderr!.setEncoding('utf8').on('data', (piece: string) => {
        seen += piece;
        if (text.test(seen)) resolve();
      });
    });

  test('forwards Ctrl+C once, even if all processes receive it, and returns the exit code', async () => {
    const child = start(at('launched'));
    await until(child, /done {6}p0/);
    process.kill(-child.pid!, 'SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    const rows = await readTable(at('launched', 'summary.csv'));
    expect(rows.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(rows.some(({ status }) => status === 'cancelled')).toBe(true);
  });

  test('ends all its processes when it is killed', async () => {
    const child = start(at('launched-killed'));
    await until(child, /done {6}p0/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = (): string => spawnSync('pgrep', ['-f', at('launched-killed')], { encoding: 'utf8' }).stdout.trim();
    for (let i = 0; i < 60 && left() !== ''; i++) await wait(50);
    expect(left()).toBe('');
    expect(existsSync(at('launched-killed', 'summary.csv'))).toBe(false);
  });
});

describe('a terminal', () => {
  test('that closes the output ends the command without an error message', async () => {
    const { child, finished } = startCommand(['models', 'list']);
    child.stdout?.destroy();
    expect(await finished).toMatchObject({ code: 130, stderr: '' });
  });

  test('shows share, speed and time left in one updated line', () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const line = new ProgressLine([100, 300], true);
      vi.advanceTimersByTime(10_000);
      line.update('a.mp4', 0, 0.5, 8);
      line.finish('done a.mp4', 0, true);
      vi.advanceTimersByTime(10_000);
      line.update('b.mp4', 1, 0.5, 8.04);
    } finally {
      vi.useRealTimers();
      write.mockRestore();
    }
    expect(written[0]).toContain('[1/2] 50%  8.0 times real time  1:10 left  a.mp4');
    expect(written.at(-1)).toContain('[2/2] 50%  8.0 times real time  12 s left  b.mp4');
  });
});
