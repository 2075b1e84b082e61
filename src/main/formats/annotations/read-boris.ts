import { posix, win32 } from 'node:path';
import { z } from 'zod';
import type { AnnotatedPeak, AnnotatedSegment, ReadAnnotations, ReadLayer, ReadRecording } from '../../../shared/annotation/annotation-document.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { labelOfPeakCode, PARTICIPANT } from './boris.ts';
import { confidenceOf, LayerCollector, peakWithSpan, placesOfTiers, pointPeak } from './read-layers.ts';
import { roundMilliseconds, roundSeconds } from '../../../shared/domain/time.ts';

const numbers = z.record(z.string(), z.coerce.number()).catch({});
const observationSchema = z.looseObject({
  /** Missing where the observation has no times (pictures). */
  events: z.array(z.array(z.unknown())),
  /** Added to the time of the media by BORIS, in seconds. */
  'time offset': z.coerce.number().catch(0).default(0),
  /** Paths of the media files by player. */
  file: z.record(z.string(), z.array(z.string())).catch({}).default({}),
  media_info: z
    .looseObject({ length: numbers.default({}), offset: numbers.default({}), media_creation_time: numbers.default({}) })
    .catch({ length: {}, offset: {}, media_creation_time: {} })
    .default({ length: {}, offset: {}, media_creation_time: {} }),
  media_creation_date_as_offset: z.boolean().catch(false).default(false),
  independent_variables: z.record(z.string(), z.unknown()).catch({}).default({}),
});
type Observation = z.infer<typeof observationSchema>;

const projectSchema = z.object({
  behaviors_conf: z.record(z.string(), z.looseObject({ code: z.string(), type: z.string() })),
  independent_variables: z.unknown().optional(),
  observations: z.record(z.string(), observationSchema),
});

interface Event {
  readonly atS: number;
  readonly subject: string;
  readonly code: string;
  readonly modifiers: string;
  readonly comment: string;
}

/**
 * Reads a BORIS project: a recording for each media file of each observation, and a layer for each subject. As in BORIS, two
 * events of the same subject, code and modifiers are the start and the stop of a state. Point events become peaks.
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readBoris(text: string, name: string): ReadAnnotations {
  let project: z.infer<typeof projectSchema>;
  try {
    project = projectSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new StudioError('data-set-invalid/not-boris', { file: name }, error);
  }
  const kinds = new Map(Object.values(project.behaviors_conf).map(({ code, type }) => [code, type]));
  const isOwn = JSON.stringify(project.independent_variables) === JSON.stringify(PARTICIPANT);
  return recordingsOf(Object.entries(project.observations), kinds, isOwn);
}

/**
 * The same for observations that another reader has made.
 * @param observations id, and the fields that a project has; those that are missing have their defaults
 * @param kinds 'State event' or 'Point event' of each code
 * @param isOwn whether this program wrote the names of the subjects
 */
export function recordingsOfObservations(
  observations: readonly (readonly [id: string, observation: z.input<typeof observationSchema>])[],
  kinds: ReadonlyMap<string, string>,
  isOwn: boolean,
): ReadAnnotations {
  return recordingsOf(
    observations.map(([id, observation]) => [id, observationSchema.parse(observation)]),
    kinds,
    isOwn,
  );
}

function recordingsOf(observations: readonly (readonly [string, Observation])[], kinds: ReadonlyMap<string, string>, isOwn: boolean): ReadAnnotations {
  const recordings = observations.flatMap(([id, observation]) => {
    const layers = layersOf(observation, kinds, isOwn);
    return mediaOf(observation).map(({ path, windows }, _, all): ReadRecording => {
      const recording = all.length === 1 ? id : `${id} (${fileNameOf(path)})`;
      // Without the length of a file, the times of the files after it are not known.
      const problems = windows.isKnown ? [] : [notice('boris/no-media-length', { file: fileNameOf(path) })];
      return {
        name: observations.length === 1 && all.length === 1 ? '' : recording,
        media: path === '' ? [] : [path, fileNameOf(path)],
        layers: layers.map((layer) => within({ ...layer, problems: [...layer.problems, ...problems] }, windows)),
      };
    });
  });
  return { recordings };
}

/** A media file, and the times of the observation at which it begins and ends, in seconds. */
interface Media {
  readonly path: string;
  readonly windows: { readonly fromS: number; readonly toS: number; readonly beginS: number; readonly isKnown: boolean };
}

/**
 * The media files of an observation. The files of a player follow each other; the first begins at the offset of its player. Only a
 * file that has another before or after it limits its times, so that labels after the end of a single file are not lost.
 */
function mediaOf({ file, media_info: info, 'time offset': offset, media_creation_date_as_offset: isDated }: Observation): Media[] {
  const found = Object.entries(file).flatMap(([player, paths]) => {
    let beginS = offset + (info.offset[player] ?? 0);
    return paths.map((path, i): Media => {
      const lengthS = info.length[path] ?? Infinity;
      const datedS = isDated ? (info.media_creation_time[path] ?? 0) : 0;
      const windows = {
        fromS: i === 0 ? -Infinity : beginS + datedS,
        toS: i === paths.length - 1 ? Infinity : beginS + lengthS + datedS,
        beginS: beginS + datedS,
        isKnown: Number.isFinite(beginS) && (i === paths.length - 1 || Number.isFinite(lengthS)),
      };
      beginS += lengthS;
      return { path, windows };
    });
  });
  return found.length > 0 ? found : [{ path: '', windows: { fromS: -Infinity, toS: Infinity, beginS: offset, isKnown: true } }];
}

const fileNameOf = (path: string): string => (path.includes('\\') ? win32 : posix).basename(path);

/** The part of a layer in one media file, with times from its start. */
function within(layer: ReadLayer, { fromS, toS, beginS }: Media['windows']): ReadLayer {
  const notes: Notice[] = [...layer.notes];
  const segments = layer.segments.flatMap((segment): AnnotatedSegment[] => {
    const startS = Math.max(segment.startS, fromS);
    const endS = Math.min(segment.endS, toS);
    if (endS < startS || startS >= toS || (endS <= fromS && segment.endS > segment.startS)) return [];
    if (startS !== segment.startS || endS !== segment.endS)
      notes.push(notice('boris/divided', { label: segment.label, at: roundMilliseconds(segment.startS) }));
    return [{ ...segment, startS: since(beginS, startS), endS: since(beginS, endS) }];
  });
  const peaks = layer.peaks.flatMap((peak): AnnotatedPeak[] => {
    if (peak.apexS < fromS || peak.apexS >= toS) return [];
    const [onsetS, offsetS] = [Math.max(peak.onsetS, fromS), Math.min(peak.offsetS, toS)];
    return [{ ...peak, onsetS: since(beginS, onsetS), apexS: since(beginS, peak.apexS), offsetS: since(beginS, offsetS) }];
  });
  return { ...layer, segments, peaks, notes };
}

/** Times from the start of a media file. Events have milliseconds; rounding removes the error of the subtraction. */
const since = (beginS: number, seconds: number): number => (beginS === 0 ? seconds : roundSeconds(seconds - beginS));

function layersOf(observation: Observation, kinds: ReadonlyMap<string, string>, isOwn: boolean): ReadLayer[] {
  const participant = observation.independent_variables['participant'];
  const prefix = isOwn && typeof participant === 'string' && participant !== '' ? `${participant} ` : '';
  const plain = (subject: string): string => (prefix !== '' && subject.startsWith(prefix) ? subject.slice(prefix.length) : subject);
  const events = eventsOf(observation);
  const layers = new LayerCollector(placesOfTiers([...new Set(events.map(({ subject }) => plain(subject)))], isOwn));
  for (const [at, subject, code] of observation.events)
    if (Number.isNaN(at)) {
      const name = plain(textOf(subject));
      layers.at(name).layer.problems.push(notice('import/no-time', { label: textOf(code), layer: name }));
    }
  const open = new Map<string, Event>();
  const points = new Map<string, number>();
  for (const event of events) {
    const { layer, face } = layers.at(plain(event.subject));
    if (!/^state/i.test(kinds.get(event.code) ?? '')) {
      const peak = ownPeak(face, event, kinds);
      if (peak === undefined) points.set(event.subject, (points.get(event.subject) ?? 0) + 1);
      layer.peaks.push(peak ?? { ...pointPeak(face, event.code, event.atS), ...remarksOf(event.comment, event.modifiers) });
      continue;
    }
    const key = JSON.stringify([event.subject, event.code, event.modifiers]);
    const begun = open.get(key);
    if (begun === undefined) {
      open.set(key, event);
      continue;
    }
    open.delete(key);
    layer.segments.push(stateOf(face, begun, event));
  }
  for (const { subject, code, atS } of open.values())
    layers.at(plain(subject)).layer.problems.push(notice('boris/no-stop', { label: code, at: roundMilliseconds(atS) }));
  for (const [subject, count] of points) layers.at(plain(subject)).layer.notes.push(notice('import/points', { tier: subject, count }));
  return layers.layers();
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Events with a time, in the order of BORIS. The sort is stable: the order in the file distinguishes events at the same time. */
function eventsOf({ events }: Observation): Event[] {
  return events
    .flatMap(([at, subject, code, modifiers, comment]): Event[] =>
      typeof at === 'number' && Number.isFinite(at)
        ? [{ atS: at, subject: textOf(subject), code: textOf(code), modifiers: textOf(modifiers), comment: textOf(comment) }]
        : [],
    )
    .sort((a, b) => a.atS - b.atS);
}

function stateOf(face: number, begun: Event, stop: Event): AnnotatedSegment {
  const [, conf, rest = ''] = /^conf=([\d.]+)(?:; (.*))?$/s.exec(begun.comment) ?? [];
  const confidence = conf === undefined ? undefined : confidenceOf(conf);
  const comment = [confidence === undefined ? begun.comment : rest, stop.comment].filter((each) => each !== '').join('; ');
  return { face, label: begun.code, startS: begun.atS, endS: stop.atS, confidence: confidence ?? null, ...remarksOf(comment, begun.modifiers) };
}

/** A point event that this program wrote for a peak; undefined for others. */
function ownPeak(face: number, { atS, code, comment, modifiers }: Event, kinds: ReadonlyMap<string, string>): AnnotatedPeak | undefined {
  const label = labelOfPeakCode(code);
  if (label === undefined || !kinds.has(label)) return undefined;
  const [, span = '', rest = ''] = /^span=([-\d.e]+ [-\d.e]+)(?:; (.*))?$/s.exec(comment) ?? [];
  const point = pointPeak(face, label, atS);
  const peak = peakWithSpan(point, span);
  return { ...(peak ?? point), ...remarksOf(peak === undefined ? comment : rest, modifiers) };
}

const remarksOf = (comment: string, modifiers: string): Pick<AnnotatedSegment, 'comment' | 'modifiers'> => ({
  ...(comment === '' ? {} : { comment }),
  // Before version 7, 'None' was the empty modifier.
  ...(modifiers === '' || modifiers === 'None' ? {} : { modifiers }),
});
