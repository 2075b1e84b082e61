import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { AppliedEdit, EditableRows, RowChange, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import type { LayerContents, LayerRow } from '../../../shared/annotation/video-annotations.ts';
import { applyChanges, noAnnotations } from '../../../shared/annotation/video-annotations.ts';
import type { Step } from '../../../shared/annotation/steps.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import type { FaceMaps } from '../../../shared/domain/mask-maps.ts';
import type { LabelRow } from '../../../shared/annotation/coding-scheme-edits.ts';
import type { TimelineColumns } from '../../../shared/domain/timeline-columns.ts';
import type { StudioClient } from '../api/api.ts';
import { studio } from '../api/api.ts';
import type { LibraryVideo } from './project-store.ts';
import { useProject } from './project-store.ts';
import { useToasts } from './toasts-store.ts';

/** One layer with its labels. */
export interface OpenLayer extends LayerContents {
  /** 'model', a coder's name, or 'adjudicated'. */
  readonly name: string;
}

const mostSeen = (faces: readonly { face: number; slots: number }[]): number => faces.toSorted((a, b) => b.slots - a.slots)[0]?.face ?? 1;

/** The edit that begins or ends blind coding. */
export const blindEdit = ({ id, revision }: EditableRows['coder'], isBlind: boolean): RowEdit => ({
  table: 'coder',
  kind: 'update',
  id,
  revision,
  set: { is_blind: isBlind ? 1 : 0 },
});

/** localStorage key of the coder's name. The name is not secret, and leaves the computer only in exports. */
export const CODER_KEY = 'adatosk.coder';

type Media = Awaited<ReturnType<StudioClient['library']['media']>>;
/** Length of the only frame of a video. */
const DEFAULT_FRAME_S = 0.04;
const NOT_PLAYABLE: Media = { address: '', playable: false, proxy: false, reason: null };

/** The video that is open for review: its faces, timelines, layers and playback state. */
export const useReview = defineStore('review', () => {
  const project = useProject();
  const toasts = useToasts();
  const video = shallowRef<LibraryVideo | null>(null);
  const run = ref<string | null>(null);
  const faces = shallowRef<readonly { face: number; firstSlot: number; slots: number }[]>([]);
  const face = ref(1);
  const columns = shallowRef<TimelineColumns | null>(null);
  const annotations = shallowRef(noAnnotations(''));
  const coders = shallowRef<readonly EditableRows['coder'][]>([]);
  const layers = computed((): OpenLayer[] => annotations.value.layers.map((contents) => ({ ...contents, name: nameOf(contents.layer) })));
  const labels = shallowRef<readonly LabelRow[]>([]);
  /** Presentation times of all frames, in seconds. */
  const times = shallowRef(new Float64Array());
  const media = shallowRef(NOT_PLAYABLE);
  /** Position in the video, in seconds. */
  const playhead = ref(0);
  const selected = ref<string | null>(null);
  const coder = shallowRef<EditableRows['coder'] | null>(null);
  /** Blind coding of a person who has not entered a name yet; it begins for the next coder of this window. */
  const isNextBlind = ref(false);
  /** Blind coding: all layers except the coder's own are hidden. It belongs to the coder and the project, and is stored there. */
  const isBlind = computed(() => (coder.value === null ? isNextBlind.value : coder.value.is_blind === 1));
  const isOverlapAllowed = ref(false);
  const lastSaved = ref<Date | null>(null);
  const notes = computed(() => annotations.value.notes);
  const decisions = computed(() => annotations.value.decisions);
  const trials = computed(() => annotations.value.trials);
  const schemeId = ref('seven-expressions');
  /** Timelines of the faces whose boxes are drawn and can be clicked, by face. */
  const boxes = shallowRef<ReadonlyMap<number, TimelineColumns>>(new Map());

  const own = computed(() => layers.value.find(({ layer }) => layer.kind === 'coder' && layer.coder_id === coder.value?.id));
  const proposals = computed(() => layers.value.find(({ layer }) => layer.kind === 'model' && layer.run_id === run.value));
  const visibleLayers = computed(() =>
    layers.value.filter(({ layer }) =>
      layer.kind === 'model' ? !isBlind.value && layer.run_id === run.value : !isBlind.value || layer.coder_id === coder.value?.id,
    ),
  );
  const adjudicated = computed(() => layers.value.find(({ layer }) => layer.kind === 'adjudicated'));
  const selectedPeak = computed(() => visibleLayers.value.flatMap(({ peaks }) => peaks).find(({ id }) => id === selected.value));
  const selectedSegment = computed(() => visibleLayers.value.flatMap(({ segments }) => segments).find(({ id }) => id === selected.value));
  /** Where labels can begin and end: the starts of all frames, and the end of the last one. */
  const edges = computed(() => {
    const [last, before] = [times.value.at(-1), times.value.at(-2)];
    return last === undefined ? times.value : Float64Array.from([...times.value, last + (before === undefined ? DEFAULT_FRAME_S : last - before)]);
  });
  const duration = computed(() => video.value?.durationS ?? times.value.at(-1) ?? 0);

  const nameOf = ({ kind, coder_id }: LayerRow): string =>
    kind === 'coder' ? (coders.value.find(({ id }) => id === coder_id)?.name ?? 'unknown coder') : kind;

  /** Number of `open` calls. Responses for an earlier call are ignored. */
  let openings = 0;

  /** Opens a video. An error is shown; a video that could be read only in part is closed again. @param at where to begin, if that exists */
  async function open(id: string, at: { readonly face?: number; readonly playhead?: number } = {}): Promise<void> {
    await project.attempt(async () => {
      const found = project.videos.find((each) => each.id === id);
      if (found === undefined) return;
      const opening = ++openings;
      const newestRun = found.analysed?.run ?? null;
      // Checking playability runs ffprobe, which is slow. Labels and timelines do not wait for it.
      const mediaRequest = studio.library.media({ video: id });
      mediaRequest.catch(() => undefined);
      const [knownCoders, faceList, frames] = await Promise.all([
        studio.people.coders(),
        newestRun === null ? [] : studio.runs.faces({ run: newestRun, video: id }),
        studio.library.times({ video: id }).then((blob) => blob.arrayBuffer()),
        readLabels(),
      ]);
      if (opening !== openings) return;
      [run.value, selected.value, lastSaved.value] = [newestRun, null, null];
      coders.value = knownCoders;
      coder.value = knownCoders.find(({ name }) => name === localStorage.getItem(CODER_KEY)) ?? null;
      media.value = NOT_PLAYABLE;
      faces.value = faceList.filter((each) => each.face > 0);
      face.value = faces.value.find((each) => each.face === at.face)?.face ?? mostSeen(faces.value);
      times.value = new Float64Array(frames);
      playhead.value = at.playhead ?? times.value[0] ?? 0;
      columns.value = null;
      boxes.value = new Map();
      video.value = found;
      annotations.value = noAnnotations(id);
      try {
        const [known] = await Promise.all([mediaRequest, readTimeline(), readLayers()]);
        if (opening !== openings) return;
        media.value = known;
      } catch (error) {
        if (opening !== openings) return;
        close();
        throw error;
      }
      if (!media.value.playable) await prepare(id);
    });
  }

  async function readLabels(): Promise<void> {
    const schemes = await studio.people.schemes();
    labels.value = schemes.find(({ id }) => id === schemeId.value)?.labels ?? [];
  }

  /** Makes a proxy for a file that cannot be played directly; progress comes as events. */
  async function prepare(id: string): Promise<void> {
    await studio.library.prepare({ video: id });
    const known = await studio.library.media({ video: id });
    if (video.value?.id === id) media.value = known;
  }

  async function readTimeline(): Promise<void> {
    maps.value = null;
    const requested = { video: video.value?.id, face: face.value };
    const read = video.value === null || run.value === null || faces.value.length === 0 ? null : await readFace(run.value, video.value.id, requested.face);
    // Another face or video may have been chosen in the meantime.
    if (requested.video !== video.value?.id || requested.face !== face.value) return;
    columns.value = read;
    boxes.value = new Map(columns.value === null ? [] : [[face.value, columns.value]]);
    // The other faces are read afterwards: only their boxes are shown.
    void project.inBackground(readOtherFaces);
  }

  /** Mask weights by patch of the chosen face; read when they are first displayed. */
  const maps = shallowRef<FaceMaps | null>(null);
  async function readMaps(): Promise<void> {
    if (video.value === null || run.value === null || faces.value.length === 0) return;
    const requested = { run: run.value, video: video.value.id, face: face.value };
    const response = await studio.runs.maps(requested);
    const parts = [response.slots, response.places, response.weights, response.similarity].map((part) => part.arrayBuffer());
    const [slots, places, weights, similarity] = (await Promise.all(parts)) as [ArrayBuffer, ArrayBuffer, ArrayBuffer, ArrayBuffer];
    // Another face or video may have been chosen in the meantime.
    if (requested.face !== face.value || requested.video !== video.value?.id) return;
    maps.value = {
      side: response.side,
      slots: new Int32Array(slots),
      places: new Float32Array(places),
      weights: new Uint8Array(weights),
      similarity: new Float32Array(similarity),
    };
  }

  /**
   * Reads the faces, their timelines and proposals again, after tracks were merged or split. The chosen face stays; if it is no longer shown, the face
   * that it became is chosen.
   * @param made the step that changed the tracks, if it is known
   */
  async function readFaces(made?: Step): Promise<void> {
    const [ofRun, ofVideo] = [run.value, video.value?.id];
    if (ofRun === null || ofVideo === undefined) return;
    const read = await studio.runs.faces({ run: ofRun, video: ofVideo });
    if (run.value !== ofRun || video.value?.id !== ofVideo) return;
    faces.value = read.filter((each) => each.face > 0);
    const isShown = (of: number | undefined): boolean => faces.value.some((each) => each.face === of);
    if (!isShown(face.value)) {
      const became = made?.kind === 'face.merge' ? made.parameters.into : made?.kind === 'face.split' ? made.parameters.face : undefined;
      face.value = became !== undefined && isShown(became) ? became : mostSeen(faces.value);
    }
    await Promise.all([readTimeline(), readLayers()]);
  }

  /** The last reading after an edit of tracks: the edit comes as a response and as an event. */
  let facesRead: { clock: number; reading: Promise<void> } = { clock: 0, reading: Promise.resolve() };
  function readFacesAfter({ clock, step: made }: AppliedEdit): Promise<void> {
    if (clock > facesRead.clock) facesRead = { clock, reading: readFaces(made) };
    return facesRead.reading;
  }

  async function readFace(ofRun: string, ofVideo: string, ofFace: number): Promise<TimelineColumns> {
    const response = await studio.runs.timeline({ run: ofRun, video: ofVideo, face: ofFace });
    const [slots, slotTimes, values] = await Promise.all([response.slots.arrayBuffer(), response.times.arrayBuffer(), response.values.arrayBuffer()]);
    return { slots: new Int32Array(slots), times: new Float64Array(slotTimes), values: new Float32Array(values) };
  }

  /** Too many boxes would hide the picture. */
  const FACES_DRAWN = 8;
  async function readOtherFaces(): Promise<void> {
    const [ofRun, ofVideo] = [run.value, video.value?.id];
    if (ofRun === null || ofVideo === undefined) return;
    const others = faces.value.filter((each) => each.face !== face.value).toSorted((a, b) => b.slots - a.slots);
    for (const other of others.slice(0, FACES_DRAWN)) {
      const read = await readFace(ofRun, ofVideo, other.face);
      if (video.value?.id !== ofVideo) return;
      boxes.value = new Map([...boxes.value, [other.face, read]]);
    }
  }

  /** Edits that arrived while the layers were being read. The response may be older than these edits. */
  let editsWhileReading: AppliedEdit[] = [];
  let layerReadings = 0;
  let isReadingLayers = false;

  /** Reads all layers, notes, decisions and trials of the video. */
  async function readLayers(): Promise<void> {
    if (video.value === null) return;
    const requested = { video: video.value.id };
    const reading = ++layerReadings;
    editsWhileReading = [];
    isReadingLayers = true;
    const [rows, known, notesRead, decisionsRead, trialsRead] = await Promise.all([
      studio.layers.list(requested),
      studio.people.coders(),
      studio.layers.notes(requested),
      studio.layers.decisions(requested),
      studio.trials.list(requested),
    ]);
    const contents = await Promise.all(rows.map(async (layer) => ({ layer, ...(await studio.layers.read({ layer: layer.id })) })));
    // A later reading has newer rows.
    if (requested.video !== video.value?.id || reading !== layerReadings) return;
    coders.value = known;
    const read = { ...noAnnotations(requested.video), layers: contents, notes: notesRead, decisions: decisionsRead, trials: trialsRead };
    annotations.value = editsWhileReading.reduce(applyChanges, read);
    isReadingLayers = false;
    editsWhileReading = [];
  }

  /**
   * Shows an edit, undo or redo. It arrives as the response in this window, and as an event in every window.
   * @returns when labels and coders that the edit changed are read, too
   */
  async function showEdit(edit: AppliedEdit): Promise<void> {
    if (isReadingLayers) editsWhileReading.push(edit);
    annotations.value = applyChanges(annotations.value, edit);
    for (const { table, id, after } of edit.changes) {
      if (table === 'video' && id === video.value?.id && after !== null && Number(after['revision']) > video.value.revision)
        video.value = { ...video.value, review: after['review'] as LibraryVideo['review'], revision: Number(after['revision']) };
      if (table !== 'coder' || after === null) continue;
      const row = after as unknown as EditableRows['coder'];
      coders.value = coders.value.map((each) => (each.id === id ? row : each));
      if (coder.value?.id === id && row.revision > coder.value.revision) {
        // What is hidden now cannot stay selected.
        if (coder.value.is_blind !== row.is_blind) selected.value = null;
        coder.value = row;
      }
    }
    const reads: (() => Promise<unknown>)[] = [];
    if (edit.changes.some(({ table }) => table === 'label')) reads.push(readLabels);
    const isOurs = ({ before, after }: RowChange): boolean => (after ?? before)?.['video_id'] === video.value?.id;
    if (edit.changes.some((change) => change.table === 'face_tracks' && isOurs(change))) reads.push(() => readFacesAfter(edit));
    if (annotations.value.layers.some(({ layer }) => layer.coder_id !== null && !coders.value.some(({ id }) => id === layer.coder_id)))
      reads.push(async () => (coders.value = await studio.people.coders()));
    await Promise.all(reads.map((read) => project.inBackground(read)));
  }

  function applyEvent(event: StudioEvent): void {
    if (video.value === null) return;
    if (event.kind === 'edited') {
      lastSaved.value = new Date();
      void showEdit(event.edit);
    } else if (event.kind === 'changed' || event.kind === 'project')
      void project.inBackground(() => Promise.all([run.value === null ? readLayers() : readFaces(), readLabels()]));
  }
  project.onEvent(applyEvent);
  // The analysis of the open video has ended: its results are shown.
  watch(
    () => project.videos.find(({ id }) => id === video.value?.id)?.analysed?.run ?? null,
    (newest) => {
      if (video.value !== null && newest !== null && run.value === null) void open(video.value.id, { face: face.value, playhead: playhead.value });
    },
  );

  /** Sets the coder of this window. */
  async function setCoder(name: string): Promise<void> {
    await project.attempt(async () => {
      const row = await studio.people.addCoder({ name });
      localStorage.setItem(CODER_KEY, name.trim());
      selected.value = null;
      toasts.close();
      const mustBegin = isNextBlind.value && row.is_blind !== 1;
      isNextBlind.value = false;
      // Shown only when it is blind: what was seen cannot be forgotten.
      const begun = mustBegin ? await studio.edits.apply({ coderId: row.id, step: step('blind.begin', {}), rows: [blindEdit(row, true)] }) : null;
      coder.value = mustBegin ? { ...row, is_blind: 1 } : row;
      if (begun !== null) await showEdit(begun);
    });
  }

  /** Signs the coder out, so that another one can use the same computer. */
  function clearCoder(): void {
    isNextBlind.value = isBlind.value;
    toasts.close();
    coder.value = null;
    selected.value = null;
    localStorage.removeItem(CODER_KEY);
  }

  const isOwn = (row: { readonly layer_id: string } | undefined): boolean => row !== undefined && row.layer_id === own.value?.layer.id;

  function close(): void {
    video.value = null;
    columns.value = null;
    annotations.value = noAnnotations('');
    boxes.value = new Map();
  }

  return {
    video,
    run,
    faces,
    face,
    columns,
    layers,
    visibleLayers,
    labels,
    times,
    edges,
    media,
    playhead,
    selected,
    selectedSegment,
    coder,
    coders,
    isBlind,
    isNextBlind,
    isOverlapAllowed,
    own,
    proposals,
    notes,
    decisions,
    trials,
    boxes,
    maps,
    readMaps,
    schemeId,
    duration,
    lastSaved,
    adjudicated,
    selectedPeak,
    open,
    close,
    readTimeline,
    readLayers,
    showEdit,
    setCoder,
    clearCoder,
    isOwn,
  };
});
