import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { EditableRows, RowEdit } from '../../../shared/editable-rows.ts';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import type { Author, SegmentRow, Span } from '../../../shared/segment-edits.ts';
import { acceptProposal, createSegment, makeRoom, merge, relabel, remove, resize, split } from '../../../shared/segment-edits.ts';
import type { TimelineColumns } from '../../../shared/timeline-columns.ts';
import { studio } from '../studio.ts';
import type { LibraryVideo } from './project.ts';
import { useProject } from './project.ts';

export type LayerRow = EditableRows['layer'];
export type PeakRow = EditableRows['peak'];
export type LabelRow = EditableRows['label'];

/** One layer with what is in it. */
export interface OpenLayer {
  readonly layer: LayerRow;
  /** 'model', a coder's name, or 'adjudicated'. */
  readonly name: string;
  readonly segments: readonly SegmentRow[];
  readonly peaks: readonly PeakRow[];
}

/** Where this window keeps who codes here; a name is no secret and leaves the computer with exports alone. */
const CODER_KEY = 'adatosk.coder';

/** The video that is open for review: its faces, timelines and layers, and what the coder does to them. */
export const useReview = defineStore('review', () => {
  const project = useProject();
  const video = shallowRef<LibraryVideo | null>(null);
  const run = ref<string | null>(null);
  const faces = shallowRef<readonly { face: number; firstSlot: number; slots: number }[]>([]);
  const face = ref(1);
  const columns = shallowRef<TimelineColumns | null>(null);
  const layers = shallowRef<readonly OpenLayer[]>([]);
  const labels = shallowRef<readonly LabelRow[]>([]);
  /** Presentation times of all frames, in seconds of the file. */
  const times = shallowRef(new Float64Array());
  const media = shallowRef({ address: '', playable: false, proxy: false, reason: '' });
  /** Seconds of the video where the playhead is. */
  const playhead = ref(0);
  const selected = ref<string | null>(null);
  const coder = shallowRef<EditableRows['coder'] | null>(null);
  /** The model's layers are hidden while a coder forms a judgement of their own. */
  const isBlind = ref(false);
  const isOverlapAllowed = ref(false);
  const lastSaved = ref<string | null>(null);

  const own = computed(() => layers.value.find(({ layer }) => layer.kind === 'coder' && layer.coder_id === coder.value?.id));
  const proposals = computed(() => layers.value.find(({ layer }) => layer.kind === 'model' && layer.run_id === run.value));
  const shown = computed(() =>
    layers.value.filter(({ layer }) =>
      layer.kind === 'model' ? !isBlind.value && layer.run_id === run.value : !isBlind.value || layer.coder_id === coder.value?.id,
    ),
  );
  const selectedSegment = computed(() => layers.value.flatMap(({ segments }) => segments).find(({ id }) => id === selected.value));
  const duration = computed(() => video.value?.durationS ?? times.value.at(-1) ?? 0);

  /** Opens a video; what cannot be opened leaves everything as it was, with the reason shown. */
  async function open(id: string): Promise<void> {
    await project.attempt(async () => {
      const found = project.videos.find((each) => each.id === id);
      if (found === undefined) return;
      const of = found.analysed?.run ?? null;
      const [schemes, coders, about, faceList, frames] = await Promise.all([
        ...([studio.people.schemes(), studio.people.coders(), studio.library.media({ video: id })] as const),
        of === null ? [] : studio.runs.faces({ run: of, video: id }),
        studio.library.times({ video: id }).then((blob) => blob.arrayBuffer()),
      ]);
      [run.value, selected.value, lastSaved.value] = [of, null, null];
      labels.value = schemes.find(({ id: scheme }) => scheme === 'seven-expressions')?.labels ?? [];
      coder.value = coders.find(({ name }) => name === localStorage.getItem(CODER_KEY)) ?? null;
      media.value = about;
      faces.value = faceList.filter((each) => each.face > 0);
      face.value = faces.value.toSorted((a, b) => b.slots - a.slots)[0]?.face ?? 1;
      times.value = new Float64Array(frames);
      playhead.value = times.value[0] ?? 0;
      video.value = found;
      await Promise.all([readTimeline(), readLayers()]);
      if (!about.playable) await prepare(id);
    });
  }

  /** A file that cannot be played as it is gets a proxy; progress comes by events. */
  async function prepare(id: string): Promise<void> {
    await studio.library.prepare({ video: id });
    media.value = await studio.library.media({ video: id });
  }

  async function readTimeline(): Promise<void> {
    if (video.value === null || run.value === null || faces.value.length === 0) {
      columns.value = null;
      return;
    }
    const got = await studio.runs.timeline({ run: run.value, video: video.value.id, face: face.value });
    const [slots, starts, values] = await Promise.all([got.slots.arrayBuffer(), got.times.arrayBuffer(), got.values.arrayBuffer()]);
    columns.value = { slots: new Int32Array(slots), times: new Float64Array(starts), values: new Float32Array(values) };
  }

  /** The last reading of the layers, and the edit that it is known to have seen. */
  let reading = { clock: 0, work: Promise.resolve() };

  /**
   * Reads all layers of the video anew.
   * @param clock of an edit that is to be seen: a reading that began after it is not repeated. An edit of this window is
   *   told twice, by its answer and by the event that every window gets
   */
  function readLayers(clock = 0): Promise<void> {
    if (clock === 0 || clock > reading.clock) reading = { clock, work: fetchLayers() };
    return reading.work;
  }

  async function fetchLayers(): Promise<void> {
    if (video.value === null) return;
    const [rows, coders] = await Promise.all([studio.layers.list({ video: video.value.id }), studio.people.coders()]);
    const nameOf = (layer: LayerRow): string =>
      layer.kind === 'coder' ? (coders.find(({ id }) => id === layer.coder_id)?.name ?? 'unknown coder') : layer.kind;
    layers.value = await Promise.all(rows.map(async (layer) => ({ layer, name: nameOf(layer), ...(await studio.layers.read({ layer: layer.id })) })));
  }

  function hear(event: StudioEvent): void {
    if (video.value === null) return;
    if (event.kind === 'edited') {
      lastSaved.value = new Date().toLocaleTimeString();
      if (event.edit.changes.some(({ table }) => ['segment', 'peak', 'layer', 'note'].includes(table)))
        void readLayers(event.edit.clock).catch(() => undefined);
    } else if (event.kind === 'changed' || event.kind === 'project') void readLayers().catch(() => undefined);
  }
  project.onEvent(hear);

  /** Who codes here from now on. */
  async function beCoder(name: string): Promise<void> {
    await project.attempt(async () => {
      coder.value = await studio.people.addCoder({ name });
      localStorage.setItem(CODER_KEY, name.trim());
    });
  }

  /** On a shared computer the next one sits down. */
  function leaveCoder(): void {
    coder.value = null;
    selected.value = null;
    localStorage.removeItem(CODER_KEY);
  }

  const author = (): Author => ({ name: coder.value?.name ?? '', at: new Date().toISOString(), newId: () => crypto.randomUUID() });

  /** The coder's layer, with the edit that makes it where there is none yet. */
  function ownLayer(): { id: string; making: RowEdit[] } {
    if (own.value !== undefined) return { id: own.value.layer.id, making: [] };
    const id = crypto.randomUUID();
    const row = {
      id,
      video_id: video.value!.id,
      kind: 'coder' as const,
      coder_id: coder.value!.id,
      run_id: null,
      scheme_id: 'seven-expressions',
      created_at: new Date().toISOString(),
    };
    return { id, making: [{ table: 'layer', kind: 'insert', row }] };
  }

  /** One step of undo. @returns whether it was done */
  async function edit(code: string, label: string, rows: readonly RowEdit[]): Promise<boolean> {
    const who = coder.value;
    if (who === null || rows.length === 0) return false;
    return project.attempt(async () => {
      const { clock } = await studio.edits.apply({ coderId: who.id, code, label, rows: [...rows] });
      await readLayers(clock);
    });
  }

  const roomFor = (span: Span, except?: string): RowEdit[] =>
    isOverlapAllowed.value ? [] : makeRoom(own.value?.segments ?? [], face.value, span, author(), except);

  async function create(label: string, span: Span): Promise<void> {
    const { id, making } = ownLayer();
    const made = createSegment(id, face.value, label, span, author());
    if (await edit('segment.create', `Label ${label}`, [...making, ...roomFor(span), made])) selected.value = made.kind === 'insert' ? made.row.id : null;
  }

  /** A label for the selected segment; a proposal that is selected is taken over with it. */
  async function label(name: string): Promise<void> {
    const segment = selectedSegment.value;
    if (segment === undefined) return;
    if (segment.layer_id === own.value?.layer.id) await edit('segment.label', `Relabel as ${name}`, [relabel(segment, name)]);
    else await accept([segment], name);
  }

  /**
   * Takes proposals over into the coder's layer. One makes room for itself; of several, those that touch a label of the
   * coder's are left alone, so that no decision is lost in a sweep.
   */
  async function accept(segments: readonly SegmentRow[], as?: string): Promise<void> {
    const { id, making } = ownLayer();
    const [only] = segments.length === 1 ? segments : [];
    const isFree = ({ face_id, start_s, end_s }: SegmentRow): boolean =>
      isOverlapAllowed.value || own.value?.segments.every((each) => each.face_id !== face_id || each.end_s <= start_s || each.start_s >= end_s) !== false;
    const taken = only === undefined ? segments.filter(isFree) : segments;
    const made = taken.map((segment) => acceptProposal(as === undefined ? segment : { ...segment, label: as }, id, author()));
    const room = only === undefined ? [] : roomFor({ startS: only.start_s, endS: only.end_s });
    const what = only === undefined ? `Accept ${made.length} proposals` : `Accept ${as ?? only.label}`;
    const isDone = made.length > 0 && (await edit('proposal.accept', what, [...making, ...room, ...made]));
    const [first] = made;
    if (isDone && only !== undefined && first?.kind === 'insert') selected.value = first.row.id;
  }

  const isOwn = (segment: SegmentRow | undefined): segment is SegmentRow => segment !== undefined && segment.layer_id === own.value?.layer.id;

  async function removeSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (isOwn(segment) && (await edit('segment.delete', `Delete ${segment.label}`, [remove(segment)]))) selected.value = null;
  }

  async function resizeSegment(segment: SegmentRow, span: Span): Promise<void> {
    const rows = resize(segment, span);
    if (isOwn(segment) && rows.length > 0) await edit('segment.move', `Move ${segment.label}`, [...roomFor(span, segment.id), ...rows]);
  }

  async function splitSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (isOwn(segment)) await edit('segment.split', `Split ${segment.label}`, split(segment, playhead.value, author()));
  }

  /** The selected segment with the one after it. */
  async function mergeSelected(): Promise<void> {
    const segment = selectedSegment.value;
    if (!isOwn(segment)) return;
    const next = own.value?.segments.find((each) => each.face_id === segment.face_id && each.id !== segment.id && each.start_s >= segment.start_s);
    if (next !== undefined) await edit('segment.merge', `Merge ${segment.label}`, merge(segment, next));
  }

  async function turn(direction: 'undo' | 'redo'): Promise<void> {
    const who = coder.value;
    if (who === null) return;
    await project.attempt(async () => {
      const turned = await studio.edits[direction]({ coder: who.id });
      if (turned !== null) await readLayers(turned.clock);
    });
  }

  async function setReview(review: LibraryVideo['review']): Promise<void> {
    const [row, who] = [video.value, coder.value];
    if (row === null || who === null) return;
    const change: RowEdit = { table: 'video', kind: 'update', id: row.id, revision: row.revision, set: { review } };
    await project.attempt(async () => {
      const { clock } = await studio.edits.apply({ coderId: who.id, code: 'video.review', label: `Mark as ${review.replace('_', ' ')}`, rows: [change] });
      video.value = { ...row, review, revision: clock };
    });
  }

  function close(): void {
    video.value = null;
    columns.value = null;
    layers.value = [];
  }

  return {
    ...{
      video,
      run,
      faces,
      face,
      columns,
      layers,
      shown,
      labels,
      times,
      media,
      playhead,
      selected,
      selectedSegment,
      coder,
      isBlind,
      isOverlapAllowed,
      own,
      proposals,
    },
    ...{
      duration,
      lastSaved,
      open,
      close,
      readTimeline,
      beCoder,
      leaveCoder,
      create,
      label,
      accept,
      removeSelected,
      resizeSegment,
      splitSelected,
      mergeSelected,
      turn,
      setReview,
      isOwn,
    },
  };
});
