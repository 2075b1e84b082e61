import type { DeidentificationOptions, MissedSpan } from '../../../shared/domain/export-formats.ts';
import type { TimingTable } from '../../../shared/domain/time.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { Cell, ExportTable } from '../../formats/tables.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { joined, missedFrame } from './cover-plan.ts';
import type { DeidentifiedVideo } from './deidentify-video.ts';

/** A new video that is complete. */
export interface WrittenVideo extends DeidentifiedVideo {
  readonly video: VideoRow;
  /** Name of the new file. */
  readonly file: string;
  /** Number of faces that the analysis detected. */
  readonly faces: number;
  readonly timing: TimingTable;
  readonly options: DeidentificationOptions;
  /** Whether sound was requested of a video without sound. */
  readonly lacksSound: boolean;
}

/** The tables beside the new videos. Only source_videos.csv names the originals, so that the others can be shared. */
export function deidentifiedTables(written: readonly WrittenVideo[]): ExportTable[] {
  return [
    {
      file: 'missed_frames.csv',
      columns: ['file', 'detected_face', 'start_s', 'end_s', 'start_frame', 'end_frame', 'reason', 'picture_hidden'],
      rows: () => written.flatMap((video) => reviewOf(video).map((span) => spanRow(video, span))),
    },
    {
      file: 'deidentified_videos.csv',
      columns: [...['file', 'hiding_style', 'sound', 'frames', 'faces', 'frames_covered', 'frames_hidden'], ...['frames_checked', 'faces_found', 'faces_left']],
      rows: () => written.map(videoRow),
    },
    {
      file: 'source_videos.csv',
      columns: ['file', 'video', 'video_id', 'path'],
      rows: () => written.map(({ file, video }): Cell[] => [file, video.name, video.id, video.path]),
    },
  ];
}

/** The frames of a video for review, with those in which the check still finds a face. */
function reviewOf({ plan, left }: WrittenVideo): MissedSpan[] {
  const remaining = joined(left.map(({ frame }) => missedFrame(frame, 'face_left')));
  return [...plan.missed, ...remaining].sort((a, b) => a.startFrame - b.startFrame);
}

function spanRow({ file, timing }: WrittenVideo, { face, startFrame, endFrame, reason, isHidden }: MissedSpan): Cell[] {
  const timeOf = (frame: number): number => roundSeconds(timing.pts[frame] ?? timing.end);
  return [file, face, timeOf(startFrame), timeOf(endFrame), startFrame, endFrame, reason, isHidden];
}

function videoRow({ file, options, timing, faces, plan, checkedFrames, found, left }: WrittenVideo): Cell[] {
  let [covered, hidden] = [0, 0];
  for (let frame = 0; frame < timing.frames; frame++) {
    if (plan.isHidden(frame)) hidden += 1;
    else if (plan.at(frame).length > 0) covered += 1;
  }
  return [file, options.style, options.sound, timing.frames, faces, covered, hidden, checkedFrames, found.length, left.length];
}
