import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SamplingGrid } from '../../src/shared/domain/time.ts';
import { probeVideo } from '../../src/main/media/probe.ts';
import { sampleFrames } from '../../src/main/media/sampled-frames.ts';
import { allVideos } from '../../src/main/project/library.ts';
import type { ProjectDatabase } from '../../src/main/project/store/database.ts';
import { openProject } from '../../src/main/project/store/open-project.ts';
import { projectFile } from '../../src/main/project/store/project-file.ts';
import { exportAnnotations } from '../../src/main/services/exchange/exchange-annotations.ts';
import { exportProject, importProject } from '../../src/main/services/exchange/export-project.ts';
import { readLabels } from '../../src/main/services/exchange/read-label-file.ts';
import { importModel } from '../../src/main/services/models/import-model.ts';
import { samplesFolder } from '../../src/main/services/settings/personal-folders.ts';
import { EXAMPLE_FILES } from '../../src/main/services/studio/example-project.ts';
import { setFaces } from '../../src/main/services/study/faces-table.ts';
import { setParticipants } from '../../src/main/services/study/participants.ts';
import { checkSignals } from '../../src/main/services/study/signals.ts';
import { setTrials } from '../../src/main/services/study/trials.ts';
import { readClipSet } from '../../src/main/training/data/clip-set.ts';
import { checkpointOf, safetensorsOf, videoMaeEncoder } from '../pytorch-file.ts';
import { ffmpeg } from '../videos.ts';

/** A sound file of a kind. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A kind of files from outside, and what the program does with one. */
export interface Target {
  readonly seeds: readonly Seed[];
  /** @param file a changed file, in an empty folder of its own */
  read(file: string, folder: string): Promise<unknown>;
}

/** Makes the seeds of a kind and what reads them. */
export type MakeTarget = (folder: string) => Promise<Target>;

export const TARGETS: Readonly<Record<string, MakeTarget>> = { labels, tables, project, 'clip-set': clipSet, weights, media };

/** Files that other tools' formats and this program's tables have, written from the example project. */
async function labels(folder: string): Promise<Target> {
  const example = await openExample(folder);
  example.close();
  const out = join(folder, 'labels');
  for (const format of ['eaf', 'textgrid', 'label-studio', 'boris', 'events'] as const) await exportAnnotations(example.state.folder, format, [], [], out);
  await exportProject(example.state.folder, { format: 'labels', run: null, layers: [], excelLanguage: undefined }, out);
  const seeds = (await seedsIn(out)).filter(({ name }) => /\.(eaf|TextGrid|json|boris|tsv)$|labels\.csv$|label_peaks\.csv$/.test(name));
  return { seeds: [...seeds, ...seeds.filter(({ name }) => name.endsWith('.boris')).map(packed)], read: (file) => readLabels(file, { videoFps: 25 }) };
}

const packed = ({ name, bytes }: Seed): Seed => ({ name: `${name}.gz`, bytes: gzipSync(bytes) });

/** Tables of a study. */
async function tables(folder: string): Promise<Target> {
  const { db } = await openExample(folder);
  const [video] = allVideos(db).map(({ name }) => name);
  const seeds = {
    'participants.csv': `video,face,participant,condition,session\n${video},1,P01,"a, b",1\n${video},2,P02,c,2\n`,
    'trials.csv': `video;start_s;end_s;trial;type;item;condition\r\n${video};0,5;1,5;t1;film;x.mp4;a\r\n${video};2;3;t2;film;y.mp4;b\r\n`,
    'faces.csv': `video,face,merge_into,split_at_s\n${video},1,,1.0\n`,
    'signals.csv': `time_s,heart_rate,skin\n${Array.from({ length: 40 }, (_, i) => `${i / 10},${60 + i},${(i / 7).toFixed(3)}`).join('\n')}\n`,
    'openface.csv': `frame, face_id, timestamp, confidence, success, AU12_r\n${Array.from({ length: 20 }, (_, i) => `${i + 1}, 0, ${i / 25}, 0.98, 1, 0.${i}`).join('\n')}\n`,
  };
  const readers: Readonly<Record<string, (db: ProjectDatabase, file: string) => Promise<unknown>>> = {
    participants: (own, file) => setParticipants(own, file, 'Fuzz'),
    trials: (own, file) => setTrials(own, file, { video: null, offsetS: 0, columns: {} }, 'Fuzz'),
    faces: (own, file) => setFaces(own, file, 'Fuzz'),
  };
  return {
    seeds: Object.entries(seeds).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    read: (file) => {
      const kind = /(\w+)\.csv$/.exec(file)?.[1] ?? '';
      const read = readers[kind];
      if (read !== undefined) return read(db, file);
      const request = { video: video ?? '', offsetS: 0, units: {}, time: null, timeUnit: null, rateHz: null, columns: [], face: null };
      return checkSignals(db, file, request);
    },
  };
}

/** A project as JSON lines. */
async function project(folder: string): Promise<Target> {
  const example = await openExample(folder);
  example.close();
  const out = join(folder, 'json');
  await exportProject(example.state.folder, { format: 'json', run: null, layers: [], excelLanguage: undefined }, out);
  return { seeds: await seedsIn(out), read: (file, own) => importProject(file, join(own, 'imported')) };
}

/** Lists of labelled clips. */
function clipSet(): Promise<Target> {
  const videos = join(samplesFolder(), 'two-faces.mp4');
  const seeds = {
    'clips.csv': `path,label,start_s,end_s,onset_s,apex_s,offset_s,participant,group,split\n${videos},happiness,0,1,0.2,0.5,0.8,P1,a;b,train\n${videos},3,1,2,,,,P2,,test\n`,
    'train.csv': `${videos} 0\n${videos} 4\n`,
  };
  return Promise.resolve({ seeds: Object.entries(seeds).map(([name, text]) => ({ name, bytes: Buffer.from(text) })), read: (file) => readClipSet(file) });
}

/** Weights of models of others. */
function weights(): Promise<Target> {
  const encoder = videoMaeEncoder(192, 1);
  const seeds = [
    { name: 'encoder.safetensors', bytes: safetensorsOf(encoder) },
    { name: 'encoder.pth', bytes: Buffer.from(checkpointOf(encoder)) },
  ];
  return Promise.resolve({ seeds, read: (file, own) => importModel({ file, id: null, out: join(own, 'model') }) });
}

const MEDIA = ['mp4', 'mov', 'mkv', 'webm', 'avi', 'ts', 'flv', 'gif'] as const;

/** Short videos in the containers that cameras and programs write. */
async function media(folder: string): Promise<Target> {
  const seeds = await Promise.all(
    MEDIA.map(async (ending): Promise<Seed> => {
      const file = join(folder, `seed.${ending}`);
      const codec = ending === 'gif' ? [] : ['-c:v', { webm: 'libvpx', flv: 'flv', avi: 'mpeg4' }[ending as string] ?? 'libx264'];
      await ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=96x64:rate=10:duration=1', ...codec, file);
      return { name: `seed.${ending}`, bytes: await readFile(file) };
    }),
  );
  return {
    seeds,
    read: async (file) => {
      const video = await probeVideo(file);
      let samples = 0;
      // A changed length can become days: the first seconds tell as much.
      for await (const frame of sampleFrames(video, new SamplingGrid(video.timing, 10))) {
        frame.release();
        if (++samples >= 300) break;
      }
    },
  };
}

async function openExample(folder: string): ReturnType<typeof openProject> {
  const at = join(folder, 'example');
  await mkdir(at, { recursive: true });
  await writeFile(projectFile(at), gunzipSync(await readFile(join(samplesFolder(), EXAMPLE_FILES.project))));
  return openProject(at);
}

async function seedsIn(folder: string): Promise<Seed[]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  return Promise.all(names.map(async ({ name, parentPath }) => ({ name, bytes: await readFile(join(parentPath, name)) })));
}

/** An empty folder for one case; it is deleted after the case. */
export async function inOwnFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'case-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
