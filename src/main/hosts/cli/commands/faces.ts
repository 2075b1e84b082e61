import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { userInfo } from 'node:os';
import { StudioError } from '../../../../shared/app/errors.ts';
import { notice, sentencesOf } from '../../../../shared/app/notices.ts';
import type { FaceRequest } from '../../../services/study/faces-table.ts';
import { editFacesIn, facesIn, setFacesIn } from '../../../services/study/faces-table.ts';
import { changesText } from '../terminal/changes.ts';
import { counted, EXIT, Output } from '../terminal/output.ts';

/** `adatosk project faces`. */
export function addFaceCommands(project: Command, json: readonly [string, string, boolean], done: (code: number) => void): void {
  // Both options in the order of the command line.
  const requests: FaceRequest[] = [];
  project
    .command('faces <folder>')
    .description('list the faces of each video, merge and split them, or set them from a table')
    .option('--merge <video:face:into>', 'show a face as part of another one; can be repeated', (given: string) => void requests.push(readMerge(given)))
    .option(
      '--split <video:face:seconds>',
      'show a face from a moment on as a new face; can be repeated',
      (given: string) => void requests.push(readSplit(given)),
    )
    .option('--set <file>', 'a CSV: video, face_id (of the analysis), start_s, end_s (empty: start or end of the video), to_face')
    .option('--as <coder>', 'who makes the change, for the history', userInfo().username)
    .option(...json)
    .addHelpText('after', ABOUT_FACES)
    .action(async (folder: string, options: FacesOptions) => done(await faces(folder, requests, options)));
}

const ABOUT_FACES = `
The analysis stays as it was. Labels, peaks and decisions of all coders move with their face. Each --merge and --split, and a whole table, is one step
that can be undone in the window. Faces that are visible at the same time cannot be merged. If one request or row is not possible, nothing is changed.
A table replaces earlier merges and splits of the videos that it names. Two faces that change places at 12.48 s:
  video,face_id,start_s,end_s,to_face
  dyad.mp4,1,12.48,,2
  dyad.mp4,2,12.48,,1`;

interface FacesOptions {
  set?: string;
  as: string;
  json: boolean;
}

async function faces(folder: string, requests: readonly FaceRequest[], { set, as, json }: FacesOptions): Promise<number> {
  if (set !== undefined && requests.length > 0) throw new StudioError('wrong-usage/one-of', { options: ['--set', '--merge, --split'] });
  const output = new Output(json);
  const edits = requests.length > 0 ? await editFacesIn(folder, requests, as) : [set === undefined ? null : await setFacesIn(folder, set, as)];
  const videos = await facesIn(folder);
  for (const { video, faces: shown } of videos)
    for (const { face, participant, missing, spans, seenS, share, detected } of shown) {
      const who = participant || (missing === 'not-a-participant' ? 'does not take part' : 'no participant');
      const times = spans.map(({ startS, endS }) => `${seconds(startS)} to ${seconds(endS)} s`);
      const parts = detected.length === 1 && detected[0] === face ? [] : [`made of ${detected.map((each) => `detected face ${each}`).join(' and ')}`];
      output.line(`${video}, face ${face}: ${[who, ...shortList(times), `seen ${seconds(seenS)} s (${Math.round(100 * share)}%)`, ...parts].join(', ')}`);
    }
  const earlier = videos.flatMap(({ video, isOfEarlierRun }) => (isOfEarlierRun ? [video] : []));
  for (const sentence of sentencesOf(earlier.length === 0 ? [] : [notice('faces/earlier-run', { videos: earlier })])) output.line(sentence);
  const changes = edits.flatMap((edit) => edit?.changes ?? []);
  const isList = set === undefined && requests.length === 0;
  const count = videos.reduce((sum, each) => sum + each.faces.length, 0);
  output.result({ videos, changed: changes.length }, isList ? counted(count, 'face') : changesText(changes));
  return EXIT.done;
}

const MOST_SPANS = 5;
const shortList = (times: readonly string[]): string[] =>
  times.length <= MOST_SPANS ? [...times] : [...times.slice(0, MOST_SPANS), `and ${times.length - MOST_SPANS} more spans`];

const seconds = (value: number): string => String(Math.round(100 * value) / 100);

/** 'VIDEO:3:1'. The name of a video may contain ':'. */
function readMerge(given: string): FaceRequest {
  const [, video, face, into] = /^(.+):([1-9]\d*):([1-9]\d*)$/s.exec(given) ?? [];
  if (video === undefined) throw new InvalidArgumentError(`'${given}' is not VIDEO:FACE:INTO, for example talk.mp4:3:1.`);
  return { kind: 'merge', given: `--merge ${given}`, video, face: Number(face), into: Number(into) };
}

/** 'VIDEO:1:12.48'. */
function readSplit(given: string): FaceRequest {
  const [, video, face, at] = /^(.+):([1-9]\d*):(\d+(?:\.\d+)?)$/s.exec(given) ?? [];
  if (video === undefined) throw new InvalidArgumentError(`'${given}' is not VIDEO:FACE:SECONDS, for example talk.mp4:1:12.48.`);
  return { kind: 'split', given: `--split ${given}`, video, face: Number(face), atS: Number(at) };
}
