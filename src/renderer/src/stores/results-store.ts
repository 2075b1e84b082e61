import { parse } from 'csv-parse/browser/esm/sync';
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { i18n } from '../texts/i18n.ts';
import type { TimelineColumns } from '../../../shared/domain/timeline-columns.ts';
import { UNIT_COLUMNS } from '../../../shared/domain/action-units.ts';
import { SERIES } from '../../../shared/domain/timeline-columns.ts';
import type { RunRecord } from '../../../shared/domain/results.ts';

/** A row of a CSV file: text by column name. */
export type TableRow = Readonly<Record<string, string>>;

/** What keeps videos apart: the id in tables of a project, where several videos can have one name, else the name. */
export const keyOfVideo = (row: TableRow): string => row['video_id'] ?? row['video'] ?? '';

const FILES = ['summary.csv', 'timeline.csv', 'peaks.csv', 'run.json'] as const;

/** The results of one `adatosk analyze`, read from the chosen files. */
export const useResults = defineStore('results', () => {
  const folder = ref('');
  const problem = ref('');
  const run = ref<RunRecord | null>(null);
  const videos = ref<TableRow[]>([]);
  /** A `keyOfVideo`. */
  const selectedVideo = ref('');
  const selectedFace = ref('');
  let timeline = new Map<string, TableRow[]>();
  let peaks = new Map<string, TableRow[]>();
  const version = ref(0);

  /** Reads a chosen folder. If it contains no results, the previous results stay on screen. */
  async function open(files: readonly File[]): Promise<void> {
    problem.value = '';
    const fileNamed = (name: string): File | undefined => files.findLast((file) => file.name === name);
    const [summaryFile, timelineFile, peaksFile, runFile] = FILES.map(fileNamed);
    if (summaryFile === undefined || timelineFile === undefined || peaksFile === undefined || runFile === undefined) {
      const missing = FILES.filter((name) => fileNamed(name) === undefined);
      problem.value = i18n.global.t('tables.missing', { names: missing.join(', ') }, missing.length);
      return;
    }
    try {
      const table = async (file: File): Promise<TableRow[]> => parse(await file.text(), { columns: true }) as unknown as TableRow[];
      const [summary, allRows, allPeaks] = await Promise.all([table(summaryFile), table(timelineFile), table(peaksFile)]);
      run.value = JSON.parse(await runFile.text()) as RunRecord;
      timeline = byVideo(allRows);
      peaks = byVideo(allPeaks);
      videos.value = summary;
      folder.value = summaryFile.webkitRelativePath.split('/')[0] ?? '';
      version.value += 1;
      const first = summary.find((row) => row['status'] === 'done') ?? summary[0];
      select(first === undefined ? '' : keyOfVideo(first));
    } catch (error) {
      problem.value = i18n.global.t('tables.unreadable', { why: error instanceof Error ? error.message : String(error) });
    }
  }

  function select(video: string): void {
    selectedVideo.value = video;
    selectedFace.value = facesOf(video)[0] ?? '';
  }

  function facesOf(video: string): string[] {
    return [...new Set((timeline.get(video) ?? []).map((row) => row['face_id'] ?? ''))].filter((id) => id !== '').sort((a, b) => Number(a) - Number(b));
  }

  const faces = computed(() => (version.value > 0 ? facesOf(selectedVideo.value) : []));
  const summary = computed(() => videos.value.find((row) => keyOfVideo(row) === selectedVideo.value));
  const ofFace = (rows: Map<string, TableRow[]>): TableRow[] =>
    version.value > 0 ? (rows.get(selectedVideo.value) ?? []).filter((row) => row['face_id'] === selectedFace.value) : [];
  const columns = computed(() => columnsOfTable(ofFace(timeline)));
  const facePeaks = computed(() => ofFace(peaks).map((row) => ({ label: row['label'] ?? '', apexS: Number(row['apex_s']) })));

  return { folder, problem, run, videos, selectedVideo, selectedFace, faces, summary, columns, facePeaks, open, select };
});

/** Converts a face's rows of timeline.csv to columns; an empty cell becomes NaN. */
function columnsOfTable(rows: readonly TableRow[]): TimelineColumns {
  const numbers = (column: string): number[] => rows.map((row) => (row[column] === '' ? NaN : numberIn(row[column])));
  return {
    times: Float64Array.from([...numbers('start_s'), ...numbers('end_s')]),
    slots: Int32Array.from(numbers('slot')),
    values: Float32Array.from([...SERIES, ...(rows.some((row) => (row[UNIT_COLUMNS[0] ?? ''] ?? '') !== '') ? UNIT_COLUMNS : [])].flatMap(numbers)),
  };
}

/** A number or a truth value; NaN for a column that the table does not have. */
const numberIn = (cell: string | undefined): number => (cell === 'true' ? 1 : cell === 'false' ? 0 : Number(cell));

function byVideo(rows: readonly TableRow[]): Map<string, TableRow[]> {
  const groups = new Map<string, TableRow[]>();
  for (const row of rows) {
    const video = keyOfVideo(row);
    const group = groups.get(video);
    if (group === undefined) groups.set(video, [row]);
    else group.push(row);
  }
  return groups;
}
