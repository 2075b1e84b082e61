import { beforeEach, expect, test } from 'vitest';
import { mountInWindow, resetStores } from '../../../../../../testing/window.ts';
import { MARGIN } from '../../../composables/axis.ts';
import { useTimeView } from '../../../composables/useTimeView.ts';
import TimeRuler from './TimeRuler.vue';

beforeEach(resetStores);

type Ruler = Awaited<ReturnType<typeof mountInWindow>>;
/** A ruler of 1000 pixels for 10 s at 25 frames per second. */
async function mountRuler(loop: { startS: number; endS: number } | null): Promise<Ruler> {
  const view = useTimeView();
  view.reset(0, 10);
  return mountInWindow(TimeRuler, { props: { view, width: 1000, loop, frames: Float64Array.from({ length: 251 }, (_, i) => i / 25) } });
}
async function drag(ruler: Ruler, part: string, fromS: number, toS: number, keys = {}): Promise<void> {
  const at = (seconds: number): object => ({ clientX: MARGIN.left + 100 * seconds, pointerId: 1, button: 0, ...keys });
  (ruler.find(part).element as HTMLElement).setPointerCapture = () => undefined;
  await ruler.find(part).trigger('pointerdown', at(fromS));
  await ruler.find(part).trigger('pointermove', at(toS));
  await ruler.find(part).trigger('pointerup', at(toS));
}

test('a drag with Shift loops whole frames; without Shift, or a click, it does not', async () => {
  const ruler = await mountRuler(null);
  await drag(ruler, '.ruler', 3, 5);
  await drag(ruler, '.ruler', 3, 3.01, { shiftKey: true });
  expect(ruler.emitted('loop')).toBeUndefined();
  await drag(ruler, '.ruler', 5.01, 3.03, { shiftKey: true });
  expect(ruler.emitted('loop')).toEqual([[{ startS: 3.04, endS: 5 }]]);
  ruler.unmount();
});

test('the loop is drawn, and its edges can be dragged', async () => {
  const ruler = await mountRuler({ startS: 2, endS: 4 });
  const { left, width } = (ruler.find('.loop').element as HTMLElement).style;
  expect([left, width, ruler.find('.loop').attributes('aria-label')]).toEqual([`${MARGIN.left + 200}px`, '200px', 'Loop from 2 s to 4 s']);
  await drag(ruler, '.edge.start', 2, 3);
  await drag(ruler, '.edge.end', 4, 2.53);
  expect(ruler.emitted('loop')).toEqual([[{ startS: 3, endS: 4 }], [{ startS: 2, endS: 2.52 }]]);
  ruler.unmount();
});
