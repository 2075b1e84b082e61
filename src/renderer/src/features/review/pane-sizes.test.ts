import { expect, test } from 'vitest';
import { paneSizes } from './pane-sizes.ts';

test('the video keeps a width for its height, and the lanes most of the window', () => {
  for (const [width, height] of [
    [1366, 650],
    [1366, 768],
    [1920, 1080],
    [1280, 600],
  ] as const) {
    const { top, labels, face, inspector } = paneSizes(width, height);
    expect(height - 36 - top).toBeGreaterThan(0.5 * (height - 36));
    expect(width - labels - face - inspector).toBeGreaterThan(1.4 * top);
  }
  expect(paneSizes(1920, 1080)).toEqual({ top: 444, leastTop: 160, labels: 260, face: 388, inspector: 400 });
});
