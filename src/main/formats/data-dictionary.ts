import { ACTION_UNITS, unitColumn, UNIT_NAMES, UNITS_CAUTION } from '../../shared/domain/action-units.ts';
import { LARGEST_TURN } from '../../shared/statistics/doubt.ts';
import { UNUSUAL_REASONS } from '../../shared/domain/timeline.ts';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';

/** Description of a column. */
export interface ColumnMeaning {
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  /** '' for names and texts. */
  readonly unit: string;
  readonly meaning: string;
}

const text = (meaning: string): ColumnMeaning => ({ type: 'text', unit: '', meaning });
const whole = (unit: string, meaning: string): ColumnMeaning => ({ type: 'integer', unit, meaning });
const number = (unit: string, meaning: string): ColumnMeaning => ({ type: 'number', unit, meaning });

/** The columns of all exported tables by name. A name has the same meaning in all tables. */
export const COLUMN_MEANINGS: Readonly<Record<string, ColumnMeaning>> = {
  video: text("the video file's name"),
  sha256: text("SHA-256 of the file's bytes"),
  duration_s: number('seconds', 'length of the video by its timing table'),
  frames: whole('frames', 'frames in the video'),
  fps: number('frames per second', 'mean rate, for people; times are never computed from it'),
  variable_rate: { type: 'boolean', unit: '', meaning: 'whether frames are unevenly spaced' },
  faces: whole('faces', 'faces that were followed in the video, or that the row is made from'),
  face_share: number('share, 0 to 1', 'share of the time slots in which a face was found'),
  mean_confidence: number('share, 0 to 1', "mean of the face detector's confidence"),
  peaks: whole('peaks', 'expression peaks; empty for a coder who marks none in the project'),
  seconds_taken: number('seconds', 'how long the analysis took'),
  times_real_time: number('ratio', "the video's length by the time that its analysis took"),
  status: text(
    `of a video: done, failed, cancelled; of a slot: ok, low_confidence (small, low score, or turned by more than ${LARGEST_TURN} degrees), no_face`,
  ),
  error: text('why a video failed, in English; empty for others'),
  warnings: text("what must be known of a done video: ids of warnings, separated by '; '; empty for none"),
  face_id: whole('', 'number of the face in its video, from 1, after faces were merged or split by hand; empty where no face is in the picture'),
  slot: whole('', "number of the time slot from the video's start"),
  start_s: number('seconds', 'begin, belongs to the span'),
  end_s: number('seconds', 'end, no longer belongs to the span'),
  start_frame: whole('frame, from 0', 'first frame of the span'),
  end_frame: whole('frame, from 0', 'first frame after the span'),
  face_confidence: number('share, 0 to 1', "the face detector's confidence"),
  box_x: number('pixels', "left side of the face's box in the picture as shown"),
  box_y: number('pixels', 'top of the box'),
  box_w: number('pixels', 'width of the box'),
  box_h: number('pixels', 'height of the box'),
  ...Object.fromEntries(EXPRESSIONS.map((name) => [name, number('probability, 0 to 1', `the model's probability of ${name}: a proposal, not a feeling`)])),
  label: text('the expression: a label of the scheme; in timeline.csv the most probable one'),
  intensity_corrected: number('difference, -1 to 1', "intensity minus its mean over the participant's own baseline: all spans of the type 'baseline'"),
  ...Object.fromEntries(
    EXPRESSIONS.map((name) => [
      `${name}_corrected`,
      number('probability difference, -1 to 1', `the probability of ${name} minus its mean over the participant's own baseline`),
    ]),
  ),
  intensity: number('share, 0 to 1', '1 minus the probability of neutral; of a peak at its apex'),
  mask_class_agnostic: number('weight, 0 to 1', 'mean weight of the class-agnostic mask: how much changes in the face'),
  mask_class_semantic: number('weight, 0 to 1', 'mean weight of the class-semantic mask: how typical of an expression'),
  mask_final: number('weight, 0 to 1', 'mean weight of both masks together'),
  yaw_deg: number('degrees', "how far the head is turned to the person's left; negative: to the right; rough, beyond 45 read as about 45"),
  pitch_deg: number('degrees', 'how far the head looks down; negative: up; rough, larger angles are underestimated'),
  roll_deg: number('degrees', "how far the head leans to the person's left shoulder; negative: to the right; rough"),
  entropy: number('share, 0 to 1', 'doubt: entropy of the probabilities; 0 where one class is certain, 1 where all are equally probable'),
  unusual: {
    type: 'boolean',
    unit: '',
    meaning: 'whether the face is unlike those that detector and model know well, so that its reading deserves a check; does not find every such face',
  },
  unusual_reasons: text(`why: ${UNUSUAL_REASONS.join(', ')}, separated by '; '; empty for a usual face`),
  ...Object.fromEntries(
    ACTION_UNITS.map((unit) => [
      unitColumn(unit),
      number('intensity, 0 to 1', `action unit ${unit} of FACS, ${UNIT_NAMES[unit]}: ${UNITS_CAUTION}; empty for a model without action units`),
    ]),
  ),
  peak_id: whole('', 'number of the peak in its video'),
  onset_s: number('seconds', 'where the expression begins to rise'),
  apex_s: number('seconds', 'its strongest moment'),
  offset_s: number('seconds', 'where it has faded'),
  apex_frame: whole('frame, from 0', 'frame of the apex'),
  prominence: number('share, 0 to 1', 'how far the peak rises above what is around it'),
  source: text('what made it, for example model:adatosk-tiny'),
  segment_id: whole('', 'number of the segment in its video'),
  confidence: number('share, 0 to 1', "mean probability of the label over the span; empty for a person's own label"),
  coder: text("who says so: 'model' or a coder's name"),
  participant: text("the person's code"),
  condition: text('experimental condition: that of the trial, else of the face, the video, the session, the participant'),
  session: text('session of the recording'),
  layer: text("whose labels: 'model', a coder's name, or 'adjudicated'"),
  made_by: text('who made or took over the label'),
  made_at: text('when, ISO 8601, UTC'),
  proposal_id: text("id of the model's proposal that it was made from; empty where a person made it"),
  model_sha256: text("SHA-256 of the proposing model's weights"),
  comment: text('what another tool stored as the comment of the label or peak; empty for none'),
  modifiers: text("modifiers, such as an intensity; those of several sets separated by '|'; empty for none"),
  video_id: text("the video's id in the project: keeps videos of one name apart"),
  path: text("the video file's path"),
  run_id: text('id of the run that the row is from'),
  lane: whole('', 'overlapping labels of a face are in lanes, from 1; rows of the lanes after the first are only those with a label'),
  frame: whole('frame, from 0', 'number of the frame'),
  time_s: number('seconds', 'of a frame: its presentation time; around events: time from the marker or the start of the trial'),
  observed_s: number('seconds', 'time in which the face could be judged'),
  seconds: number('seconds', 'time with this label; time that several segments cover counts once'),
  share: number('share, 0 to 1', 'seconds by observed_s'),
  count: whole('segments', 'how many segments have this label'),
  per_minute: number('per minute', 'count by observed time'),
  mean_duration_s: number('seconds', 'mean length of these segments'),
  first_latency_s: number('seconds', "time from the video's start to the first segment; over several faces their mean"),
  peaks_per_minute: number('per minute', 'peaks by observed time'),
  first_peak_s: number('seconds', "time from the video's start to the first peak; over several faces their mean"),
  mean_intensity: number('probability, 0 to 1', "mean of the label's probability over the measured time; model layers alone"),
  max_intensity: number('probability, 0 to 1', 'its maximum'),
  area: number('seconds', 'its integral over time'),
  measured_s: number('seconds', 'time with a probability'),
  label_group: text('group of labels: positive, negative and others, as the coding scheme has them'),
  trial: text('name of the trial'),
  type: text('type of the trial or marker'),
  item: text('what was shown or asked in the trial'),
  latency_s: number('seconds', 'time from the start of the trial to the first segment that begins in it'),
  peak_intensity: number('probability, 0 to 1', "maximum of the label's probability in the trial; model layers alone"),
  mean_intensity_corrected: number(
    'probability difference, -1 to 1',
    "mean_intensity minus the mean of the label's probability over the participant's own baseline: all spans of the type 'baseline'",
  ),
  mean: number('probability, 0 to 1', "mean of the label's probability over the events"),
  sd: number('probability, 0 to 1', 'standard deviation over the events; empty for a single one'),
  other_participant: text("the other person's code"),
  other_face_id: whole('', "number of the other person's face in the video"),
  other_label: text("the other person's label"),
  expected_s: number('seconds', 'time together that independent people with the same shares would have: product of both times by observed_s'),
  ratio: number('ratio', 'seconds by expected_s: more than 1 means more often together than by chance'),
  lag_s: number('seconds', 'lag of the other person: positive where that person follows'),
  r: number('correlation, -1 to 1', 'mean correlation over windows of 10 s, every 5 s, of Fisher z (windowed lagged cross-correlation, Boker et al. 2002)'),
  windows: whole('windows', 'windows in which both people are seen and change'),
  surrogate_low: number(
    'correlation, -1 to 1',
    '2.5% of the surrogates lie below: windows of different times, shuffled 100 times (Ramseyer and Tschacher 2010)',
  ),
  surrogate_high: number('correlation, -1 to 1', '97.5% of the surrogates lie below'),
  n: whole('events', 'events with a value at this moment'),
  signal: text('name of the signal'),
  unit: text('unit of the signal; empty where none is known'),
  value: number('unit of the signal', 'mean of the samples in the slot, with the offset of the signal applied; empty where there are no samples'),
  samples: whole('samples', 'samples with a value in the slot'),
  signal_file: text('file that the signal was read from'),
  videos: whole('videos', 'videos that the row is made from'),
  at_s: number('seconds', 'moment of the note; empty for a note on the whole video'),
  note: text('the note'),
  decision: text("'rejected': a proposal of the model was rejected; 'no_label': the coder decided that nothing is labelled here"),
  model: text('id of the model'),
  trained: { type: 'boolean', unit: '', meaning: 'whether the model was trained' },
  device: text('what computed the run'),
  started_at: text('when the run started, ISO 8601, UTC'),
  ended_at: text('when the run ended, ISO 8601, UTC; empty if it was interrupted'),
  run_warnings: text('what must be known of the model, in English; empty for nothing'),
  program_version: text('version of the program that made the run'),
  file: text('name of the new video'),
  detected_face: whole(
    '',
    'number that the analysis gave to the face, before faces were merged or split by hand; empty where the reason is not about a tracked face',
  ),
  reason: text(
    'why the span is for review: low_score (detected with a low score), interpolated (missed once between two detections), gap (missed for longer), before and after (up to a second before the first and after the last detection), jump (two detections in a row do not overlap, as at a cut), not_analysed (left out by the analysis), face_found (a search of the new video found something like a face, which was then hidden), face_left (the search still finds one)',
  ),
  picture_hidden: { type: 'boolean', unit: '', meaning: 'whether the whole picture is hidden in the span' },
  hiding_style: text('how faces are hidden: cover, pixelate, blur'),
  sound: text('what became of the sound: muted, pitched (a lower pitch), kept'),
  frames_covered: whole('frames', 'frames in which at least one face is hidden'),
  frames_hidden: whole('frames', 'frames in which the whole picture is hidden'),
  frames_checked: whole('frames', 'frames of the new video that were searched for faces'),
  faces_found: whole('faces', 'faces that these searches found above a score of 0.6, counted in each frame, and that were then hidden'),
  faces_left: whole('faces', 'faces that the last search still finds above a score of 0.6, counted in each frame'),
};

export const DICTIONARY_COLUMNS = ['table', 'column', 'type', 'unit', 'meaning'] as const;

/** A table with its columns. The meaning of `attributes`, which are among the columns, is known to the study alone. */
export interface DescribedTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly attributes?: readonly string[];
}

/**
 * The rows of the data dictionary: one for each column of each table.
 * @throws RangeError for a column without a description
 */
export function dictionaryRows(tables: readonly DescribedTable[]): string[][] {
  const attribute = text('attribute of the participant, as the study has it');
  return tables.flatMap(({ file, columns, attributes = [] }) =>
    columns.map((column) => {
      const { type, unit, meaning } = attributes.includes(column) ? attribute : meaningOf(column);
      return [file, column, type, unit, meaning];
    }),
  );
}

/** The description of a column. The columns of a layer and face in a wide table share one description. */
export function meaningOf(column: string): ColumnMeaning {
  const known =
    COLUMN_MEANINGS[column] ??
    (/ face \d+(?: lane \d+)?$/.test(column) ? text('the label of this layer and face at the frame; empty where there is none') : undefined);
  if (known === undefined) throw new RangeError(`the column ${column} has no description`);
  return known;
}
