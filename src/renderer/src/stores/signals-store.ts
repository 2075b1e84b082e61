import { defineStore, storeToRefs } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { EditableRows, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { studio } from '../api/api.ts';
import { useProject } from './project-store.ts';
import { useReview } from './review-store.ts';

export type SignalRow = EditableRows['signal'];

/** A span of a signal, in seconds of its file. */
export interface SignalSpan {
  readonly from: number;
  readonly to: number;
  /** Resolution: points for the whole span. */
  readonly columns: number;
}

/** What was read of a signal. Minimum and maximum at each time; NaN interrupts the line. */
export interface SignalView extends SignalSpan {
  readonly times: Float64Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** localStorage key of the names of the shown signals. */
const SHOWN_KEY = 'adatosk.signals';
/** Signals that are shown before anybody has chosen. */
const SHOWN_AT_FIRST = 3;

/** The signals of the open video. */
export const useSignals = defineStore('signals', () => {
  const project = useProject();
  const review = useReview();
  const { video, coder } = storeToRefs(review);
  const rows = shallowRef<readonly SignalRow[]>([]);
  const chosen = ref(readChosen());
  const shown = computed(() => rows.value.filter(isShown));

  function isShown(row: SignalRow): boolean {
    return chosen.value === null ? rows.value.indexOf(row) < SHOWN_AT_FIRST : chosen.value.includes(row.name);
  }

  async function read(): Promise<void> {
    const requested = video.value?.id;
    const found = requested === undefined ? [] : await studio.signals.list({ video: requested });
    // Another video may have been opened in the meantime.
    if (requested === video.value?.id) rows.value = found;
  }
  watch(
    () => video.value?.id,
    () => {
      rows.value = [];
      void project.inBackground(read);
    },
    { immediate: true },
  );
  project.onEvent((event) => {
    const concerns =
      event.kind === 'changed' || event.kind === 'project' || (event.kind === 'edited' && event.edit.changes.some(({ table }) => table === 'signal'));
    if (concerns) void project.inBackground(read);
  });

  /** Shows or hides the signals of this name, in all videos. */
  function toggle(row: SignalRow): void {
    const names = new Set(chosen.value ?? shown.value.map(({ name }) => name));
    if (!names.delete(row.name)) names.add(row.name);
    choose(names);
  }
  function choose(names: ReadonlySet<string>): void {
    chosen.value = [...names];
    localStorage.setItem(SHOWN_KEY, JSON.stringify(chosen.value));
  }

  /** Shows the signals with these names, in all videos. */
  function show(names: readonly string[]): void {
    choose(new Set([...(chosen.value ?? shown.value.map(({ name }) => name)), ...names]));
  }

  /** Removes signals, which cannot be undone. */
  async function remove(removed: readonly SignalRow[]): Promise<void> {
    await studio.signals.remove({ signals: removed.map(({ id }) => id) });
    await read();
  }

  /** Moves the signals that share the file and the offset of a signal, as one undo step. */
  async function move(row: SignalRow, offsetS: number): Promise<void> {
    const who = coder.value;
    if (who === null || offsetS === row.offset_s || !Number.isFinite(offsetS)) return;
    const together = rows.value.filter(({ source, offset_s }) => source === row.source && offset_s === row.offset_s);
    const edits = together.map(({ id, revision }): RowEdit => ({ table: 'signal', kind: 'update', id, revision, set: { offset_s: offsetS } }));
    const signal = together.length === 1 ? row.name : row.source;
    await project.attempt(async () => {
      await review.showEdit(await studio.edits.apply({ coderId: who.id, step: step('signal.move', { signal }), rows: edits }));
    });
    await project.inBackground(read);
  }

  /** Reads a span of a signal at the resolution of the screen. */
  async function readView({ id }: SignalRow, span: SignalSpan): Promise<SignalView> {
    const { times, low, high } = await studio.signals.view({ signal: id, ...span });
    const [timesRead, lowRead, highRead] = await Promise.all([times.arrayBuffer(), low.arrayBuffer(), high.arrayBuffer()]);
    return { ...span, times: new Float64Array(timesRead), low: new Float32Array(lowRead), high: new Float32Array(highRead) };
  }

  return { readView, rows, shown, isShown, toggle, show, remove, move };
});

function readChosen(): string[] | null {
  try {
    const stored = JSON.parse(localStorage.getItem(SHOWN_KEY) ?? 'null') as unknown;
    return Array.isArray(stored) ? stored.filter((each) => typeof each === 'string') : null;
  } catch {
    return null;
  }
}
