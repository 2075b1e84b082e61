import { extname } from 'node:path';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';
import type { VideoStream } from './probe.ts';
import type { Container } from './timing-table.ts';

/** The media type of a file that Chromium can play directly, or the reason why it needs a proxy. */
export type Playability = { readonly type: string; readonly reason?: undefined } | { readonly type?: undefined; readonly reason: Notice };

/** Containers that Chromium can open, by file extension. AVI, WMV, Ogg, MPEG program and transport streams are not among them. */
const CONTAINERS: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/mp4',
  '.qt': 'video/mp4',
  '.3gp': 'video/mp4',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
};
/** The same by ffmpeg's names of formats: a file may have another extension than its content. */
const FORMATS = /^(mov|matroska)\b/;
/** Codecs and pixel formats that every Chromium decodes in software. It cannot decode Theora and 10-bit H.264; HEVC depends on the graphics card. */
const CODECS: Readonly<Record<string, RegExp>> = {
  h264: /^yuvj?420p$/,
  vp8: /^yuva?420p$/,
  vp9: /^yuv4\d\dp(10le|12le)?$/,
  av1: /^(yuv4\d\dp(10le|12le)?|gray)$/,
};

/** The media type of a file by its extension; undefined where Chromium cannot open the container. */
export function mediaTypeOf(path: string): string | undefined {
  return CONTAINERS[extname(path).toLowerCase()];
}

export function playabilityOf(
  path: string,
  {
    stream,
    container: { format },
  }: { readonly stream: Pick<VideoStream, 'codec' | 'pixelFormat' | 'isProgressive' | 'isFirst'>; readonly container: Pick<Container, 'format'> },
): Playability {
  const { codec, pixelFormat } = stream;
  const type = FORMATS.test(format) ? mediaTypeOf(path) : undefined;
  const extension = extname(path).slice(1);
  const container = (mediaTypeOf(path) === undefined ? extension : (format.split(',')[0] ?? '')).toUpperCase();
  if (type === undefined) return { reason: container === '' ? notice('play/no-container', {}) : notice('play/container', { container }) };
  const depths = CODECS[codec];
  if (depths === undefined) return { reason: notice('play/codec', { codec }) };
  if (!depths.test(pixelFormat)) return { reason: notice('play/pixels', { codec, pixels: pixelFormat }) };
  // The fields of a picture may have a packet each, which the player would count as pictures.
  if (codec === 'h264' && !stream.isProgressive) return { reason: notice('play/interlaced', {}) };
  if (!stream.isFirst) return { reason: notice('play/other-stream', {}) };
  return { type };
}
