/**
 * Compares the peaks found in the sample videos with the ground truth. Part of npm run demo.
 * Usage: compare-samples.ts FOLDER-OF-SAMPLES FOLDER-OF-RESULTS
 */
import { parse } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Expression {
  readonly face: number;
  readonly x: number;
  readonly label: string;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
}
interface Sample {
  readonly video: string;
  readonly expressions: readonly Expression[];
}
type Row = Readonly<Record<string, string>>;

const [samples, results] = process.argv.slice(2) as [string, string];
const truth = JSON.parse(await readFile(join(samples, 'truth.json'), 'utf8')) as Sample[];
const read = async (name: string): Promise<Row[]> => parse(await readFile(join(results, name)), { columns: true, bom: true }) as Row[];
const [peaks, rows] = [await read('peaks.csv'), await read('timeline.csv')];

/** Mean horizontal centre of a face in pixels. It identifies the faces of a video. */
function middleOf(video: string, faceId: string): number {
  const boxes = rows.filter((row) => ended(row['video']!, video) && row['face_id'] === faceId && row['box_x'] !== '');
  return boxes.reduce((sum, row) => sum + (Number(row['box_x']) + Number(row['box_w']) / 2) / boxes.length, 0);
}
const ended = (path: string, name: string): boolean => path.split(/[\\/]/).at(-1) === name;
const seconds = (value: number): string => value.toFixed(2).padStart(6);

const { model } = JSON.parse(await readFile(join(results, 'run.json'), 'utf8')) as { model: { trained: boolean } };
if (!model.trained) console.log('\nThe weights are untrained: nothing is expected to be found yet.');
console.log('\nFound against true, seconds (a proposal of the model beside what the video was made to show)\n');
let [right, found, total] = [0, 0, 0];
for (const { video, expressions } of truth) {
  const own = peaks.filter((peak) => ended(peak['video']!, video));
  const used = new Set<Row>();
  console.log(video);
  for (const each of expressions) {
    total += 1;
    const faces = new Map(own.map((peak) => [peak['face_id']!, middleOf(video, peak['face_id']!)]));
    const nearest = [...faces].sort((a, b) => Math.abs(a[1] - each.x) - Math.abs(b[1] - each.x))[0]?.[0];
    const overlap = (peak: Row): number => Math.min(Number(peak['offset_s']), each.offsetS) - Math.max(Number(peak['onset_s']), each.onsetS);
    const match = own.filter((peak) => peak['face_id'] === nearest && overlap(peak) > 0).sort((a, b) => overlap(b) - overlap(a))[0];
    const name = `  face ${each.face}  ${each.label.padEnd(10)} onset ${seconds(each.onsetS)}  apex ${seconds(each.apexS)}  offset ${seconds(each.offsetS)}`;
    if (match === undefined) console.log(`${name}   not found`);
    else {
      used.add(match);
      found += 1;
      right += match['label'] === each.label ? 1 : 0;
      console.log(`${name}   found ${match['label']!.padEnd(10)} ${['onset_s', 'apex_s', 'offset_s'].map((key) => seconds(Number(match[key]))).join('  ')}`);
    }
  }
  const others = own.filter((peak) => !used.has(peak));
  if (others.length > 0) console.log(`  ${others.length} further peaks that the video was not made to show`);
}
console.log(`\n${total} expressions: ${found} found, ${right} of them with their label.`);
