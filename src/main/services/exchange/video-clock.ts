import { probeVideo } from '../../media/probe.ts';
import type { VideoRow } from '../../project/store/schema.ts';

/** End and mean frame rate of a video. Infinity and null if the file is missing or unreadable: labels may come before the video. */
export async function clockOf({ path, duration_s, fps }: VideoRow): Promise<{ endS: number; fps: number | null }> {
  if (duration_s !== null) return { endS: duration_s, fps };
  return probeVideo(path).then(
    ({ timing }) => ({ endS: timing.end, fps: timing.meanRate }),
    () => ({ endS: Infinity, fps: null }),
  );
}
