import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileInput } from './media-input.ts';
import { findProgram } from './programs.ts';
import { RunningProgram } from './running-program.ts';

/** What a choice among the streams of a file depends on. */
export interface StreamFacts {
  readonly index: number;
  readonly codec_type?: string | undefined;
  readonly codec_name: string;
  readonly width: number;
  readonly height: number;
  readonly nb_frames?: number | undefined;
  readonly disposition: { readonly default: number; readonly attached_pic: number; readonly still_image: number; readonly timed_thumbnails: number };
}

/** A video stream, for messages. */
export interface StreamSummary {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Time from its first to its last packet, in seconds. */
  readonly lengthS: number;
}

/** Streams whose lengths differ by less are equally long. */
const SAME_LENGTH = { seconds: 1, share: 0.01 } as const;

/**
 * Chooses the stream with the moving picture: a default one before others, then the longest, then the largest, then the first. Cover
 * pictures and stills are never chosen beside a moving picture.
 * @returns the stream, undefined if there is none, and the other moving pictures
 */
export async function chooseStream<S extends StreamFacts>(
  path: string,
  streams: readonly S[],
  signal?: AbortSignal,
): Promise<{ chosen: S | undefined; summary: StreamSummary | undefined; others: readonly StreamSummary[] }> {
  const pictures = streams.filter(isPicture);
  const [only] = pictures;
  if (pictures.length < 2) return { chosen: only, summary: undefined, others: [] };
  const measured = await measure(path, pictures, signal);
  const moving = measured.filter(({ packets }) => packets > 1);
  const candidates = moving.length > 0 ? moving : measured;
  const [best, ...others] = candidates.sort((a, b) => compare(a, b));
  return { chosen: best?.stream, summary: best?.summary, others: others.map(({ summary }) => summary) };
}

/** Whether a stream is a video and not a cover picture, a still or the thumbnails of a player's slider. */
function isPicture({ codec_type, disposition }: StreamFacts): boolean {
  return codec_type === 'video' && disposition.attached_pic === 0 && disposition.still_image === 0 && disposition.timed_thumbnails === 0;
}

interface Measured<S> {
  readonly stream: S;
  readonly summary: StreamSummary;
  readonly packets: number;
}

function compare(a: Measured<StreamFacts>, b: Measured<StreamFacts>): number {
  const isDecodable = ({ stream }: Measured<StreamFacts>): number => Number(stream.codec_name !== 'unknown' && stream.width > 0);
  const [longA, longB] = [a.summary.lengthS, b.summary.lengthS];
  const isSameLength = Math.abs(longA - longB) <= Math.max(SAME_LENGTH.seconds, SAME_LENGTH.share * Math.max(longA, longB));
  const area = ({ width, height }: StreamSummary): number => width * height;
  return (
    isDecodable(b) - isDecodable(a) ||
    b.stream.disposition.default - a.stream.disposition.default ||
    (isSameLength ? 0 : longB - longA) ||
    area(b.summary) - area(a.summary) ||
    a.stream.index - b.stream.index
  );
}

/** Counts the packets of several streams and measures their lengths, because not every container states them. */
async function measure<S extends StreamFacts>(path: string, streams: readonly S[], signal?: AbortSignal): Promise<Measured<S>[]> {
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=stream_index,pts_time,dts_time', '-of', 'csv=p=0', ...fileInput(path)];
  const run = new RunningProgram(await findProgram('ffprobe'), args, { signal });
  const spans = new Map<number, { packets: number; from: number; to: number }>();
  for await (const line of createInterface({ input: run.output })) {
    const [index, pts, dts] = line.split(',');
    const at = Number(pts === 'N/A' ? dts : pts);
    const span = spans.get(Number(index)) ?? { packets: 0, from: Infinity, to: -Infinity };
    span.packets += 1;
    if (Number.isFinite(at)) [span.from, span.to] = [Math.min(span.from, at), Math.max(span.to, at)];
    spans.set(Number(index), span);
  }
  await run.ended;
  run.throwIfStopped(basename(path));
  return streams.map((stream) => {
    const { packets, from, to } = spans.get(stream.index) ?? { packets: 0, from: 0, to: 0 };
    const { index, width, height } = stream;
    return { stream, packets, summary: { index, width, height, lengthS: Math.max(0, to - from) } };
  });
}
