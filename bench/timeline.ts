import { withLongReview } from './review-window.ts';
import { measureFrames } from './timeline-frames.ts';

/** Lines that are drawn: seven probabilities, three masks, intensity. */
const SERIES = 11;

/** Frames per second of the review's lanes with two hours of video, beside those of the same window when nothing moves. */
export async function benchTimeline(line: (text: string) => void): Promise<Record<string, number>> {
  line('making a project with two hours of video');
  return withLongReview(null, async (page) => {
    await page.getByRole('button', { name: 'two-hours.mp4' }).click();
    const lanes = page.getByRole('img', { name: /^Timelines of face/ });
    await lanes.waitFor();
    await page.waitForTimeout(2000);
    const box = await lanes.boundingBox();
    if (box === null) throw new Error('The lanes are not shown.');
    line('panning and zooming');
    const { still, panning, zooming } = await measureFrames(page, box);
    return {
      timeline_hours: 2,
      timeline_series: SERIES,
      timeline_frames_per_second_still: still,
      timeline_frames_per_second_panning: panning,
      timeline_frames_per_second_zooming: zooming,
      timeline_panning_over_still: panning / still,
      timeline_zooming_over_still: zooming / still,
    };
  });
}
