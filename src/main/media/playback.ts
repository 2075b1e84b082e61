import { extname } from 'node:path';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';
import type { VideoStream } from './probe.ts';

/** The media type of a file that Chromium can play directly, or the reason why it needs a proxy. */
export type Playability = { readonly type: string; readonly reason?: undefined } | { readonly type?: undefined; readonly reason: Notice };

/** Containers that Chromium can open, by file extension. AVI, WMV, MPEG program and transport streams are not among them. */
const CONTAINERS: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/mp4',
  '.qt': 'video/mp4',
  '.3gp': 'video/mp4',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.ogv': 'video/ogg',
};
/** Codecs and pixel formats that every Chromium decodes in software. It cannot decode 10-bit H.264; HEVC depends on the graphics card. */
const CODECS: Readonly<Record<string, RegExp>> = {
  h264: /^yuvj?420p$/,
  vp8: /^yuva?420p$/,
  vp9: /^yuv4\d\dp(10le|12le)?$/,
  av1: /^(yuv4\d\dp(10le|12le)?|gray)$/,
  theora: /^yuv420p$/,
};

/** The media type of a file by its extension; undefined where Chromium cannot open the container. */
export function mediaTypeOf(path: string): string | undefined {
  return CONTAINERS[extname(path).toLowerCase()];
}

export function playabilityOf(path: string, { codec, pixelFormat }: Pick<VideoStream, 'codec' | 'pixelFormat'>): Playability {
  const type = mediaTypeOf(path);
  const container = extname(path).slice(1).toUpperCase();
  if (type === undefined) return { reason: container === '' ? notice('play/no-container', {}) : notice('play/container', { container }) };
  const depths = CODECS[codec];
  if (depths === undefined) return { reason: notice('play/codec', { codec }) };
  if (!depths.test(pixelFormat)) return { reason: notice('play/pixels', { codec, pixels: pixelFormat }) };
  return { type };
}
