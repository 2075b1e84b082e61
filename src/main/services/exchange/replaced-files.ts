import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ExportFormat } from '../../../shared/domain/export-formats.ts';
import { isProjectFormat } from '../../../shared/domain/export-formats.ts';
import { selectVideos } from '../../project/library.ts';
import { exportedLayers } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { fileNameFor } from './exchange-annotations.ts';

const BESIDE_TABLES = ['data-dictionary.csv', 'run.json', 'runs.json'];
const BESIDE_CSV = [...BESIDE_TABLES, 'load.R', 'load.py'];
const RESULTS = ['timeline', 'peaks', 'segments', 'summary'];
const OF_STATISTICS = [
  ...['statistics_faces', 'statistics_participants', 'statistics_groups', 'statistics_trials', 'event_locked'],
  ...['dyads_co_occurrence', 'dyads_synchrony', 'participants', 'timeline_corrected'],
];
const csv = (names: readonly string[]): string[] => names.map((name) => `${name}.csv`);

/** Names that a format writes once for the whole project; of formats with files for each video see ENDINGS. */
const FIXED_NAMES: Readonly<Partial<Record<ExportFormat, readonly string[]>>> = {
  tables: [...csv(RESULTS), ...BESIDE_CSV],
  parquet: [...RESULTS.map((name) => `${name}.parquet`), ...BESIDE_TABLES],
  xlsx: ['results.xlsx'],
  labels: [...csv(['labels', 'label_peaks', 'notes', 'decisions']), ...BESIDE_CSV],
  frames: [...csv(['frames_long', 'frames_wide']), ...BESIDE_CSV],
  statistics: [...csv(OF_STATISTICS), ...BESIDE_CSV],
  signals: [...csv(['signals']), ...BESIDE_CSV],
  report: ['report.html'],
  json: ['project.jsonl'],
};

/** How the names of a video's files go on after its own name. */
const ENDINGS: Readonly<Partial<Record<ExportFormat, RegExp>>> = {
  openface: /^(?: face \d+)?\.openface\.csv$/,
  facereader: /^(?: face \d+)?_(?:detailed|state)\.txt$/,
  eaf: /^(?:\.eaf|_signals\.csv)$/,
  textgrid: /^\.TextGrid$/,
  'label-studio': /^\.label-studio(?:\.json|-config\.xml)$/,
  boris: /^\.boris$/,
  'boris-tabular': /^\.boris-tabular\.tsv$/,
  'boris-aggregated': /^\.boris-aggregated\.tsv$/,
  'boris-xlsx': /^\.boris-import\.xlsx$/,
  nova: /^\..+\.annotation~?$/,
  datavyu: /^\.datavyu\.csv$/,
  events: /^_events\.tsv$/,
  vtt: /^\.vtt$/,
  srt: /^\.srt$/,
};

/** What an export would write. */
export interface PlannedExport {
  readonly format: ExportFormat;
  readonly layers: readonly string[];
  readonly videos: readonly string[];
}

/**
 * The files in the folder with names that this export writes, in order of name; none for a folder that does not exist, and none for
 * de-identified videos, which need an empty folder. Files that an
 * export writes only at times (tables of trials, run.json) count, since files of two exports would stand side by side.
 */
export async function filesToReplace(db: ProjectDatabase, { format, layers, videos }: PlannedExport, out: string): Promise<string[]> {
  const to = resolve(out);
  const existing = await readdir(to).catch((): string[] => []);
  const ending = ENDINGS[format];
  const isWritten = ending === undefined ? (name: string) => FIXED_NAMES[format]?.includes(name) === true : videoFiles(db, { format, layers, videos }, ending);
  return existing
    .filter(isWritten)
    .sort()
    .map((name) => join(to, name));
}

function videoFiles(db: ProjectDatabase, { format, layers, videos }: PlannedExport, ending: RegExp): (name: string) => boolean {
  const layersIn = exportedLayers(db, layers);
  const taken = new Set<string>();
  const bases = selectVideos(db, videos)
    .filter(({ id }) => isProjectFormat(format) || layersIn(id).length > 0)
    .map(({ name }) => fileNameFor(name, taken));
  return (name) => bases.some((base) => name.startsWith(base) && ending.test(name.slice(base.length)));
}
