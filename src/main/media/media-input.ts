/**
 * The input of every ffmpeg and ffprobe that this program starts. A file is never trusted: a playlist (HLS, DASH, concat, SDP) that is named
 * like a video would make ffmpeg read other files of this computer, or a network address.
 */

/** ffmpeg's names of the formats that are read. None of them names other files. Sound alone is read to say that the video is missing. */
export const FORMATS = [
  ...(['mov', 'matroska', 'webm', 'avi', 'asf', 'flv', 'live_flv', 'gif', 'mpegts', 'mpeg', 'mpegvideo', 'm4v', 'mjpeg', 'dv', 'mxf'] as const),
  ...(['ogg', 'nut', 'rm', 'wtv', 'h264', 'hevc', 'ivf', 'obu', 'av1', 'yuv4mpegpipe'] as const),
  ...(['aac', 'ac3', 'aiff', 'amr', 'flac', 'mp3', 'w64', 'wav'] as const),
];

/** Largest picture in pixels. Each decoded picture is in memory several times. */
export const MOST_PIXELS = 8192 * 8192;

/** Options of ffmpeg and ffprobe for reading a file. Its path is always taken as that of a file, even if it is 'concat:x' or '-i'. */
export function fileInput(path: string): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS.join(','), '-max_pixels', String(MOST_PIXELS), '-i', `file:${path}`];
}

/** Options of ffmpeg for reading RGB pictures from its standard input. */
export function picturesInput({ width, height, fps }: { readonly width: number; readonly height: number; readonly fps: number }): string[] {
  return ['-protocol_whitelist', 'pipe', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps), '-i', 'pipe:0'];
}

/** Options of ffmpeg for reading an IVF stream of pictures with times from its standard input (timed-pictures.ts). Its times are kept. */
export function timedPicturesInput(): string[] {
  return ['-protocol_whitelist', 'pipe', '-f', 'ivf', '-i', 'pipe:0'];
}

/** Options of ffmpeg for an input of silence. */
export function silenceInput(seconds: number): string[] {
  return ['-f', 'lavfi', '-t', seconds.toFixed(3), '-i', 'anullsrc=channel_layout=mono:sample_rate=48000'];
}
