import type { SignalSpan, SignalView } from '../../../stores/signals-store.ts';

/** Widths of the view that are read on each side of it, so that panning finds them loaded. */
const AROUND = 1;
/** Most columns that a request may have. */
const MOST_COLUMNS = 20_000;

/**
 * The span to read for a view; null if what is loaded covers it at the right resolution.
 * @param width pixels of the view
 */
export function spanToRead(loaded: SignalSpan | null, shown: { readonly from: number; readonly to: number }, width: number): SignalSpan | null {
  const seconds = shown.to - shown.from;
  if (!(seconds > 0) || width < 1) return null;
  if (loaded !== null) {
    const isCovered = loaded.from <= shown.from && loaded.to >= shown.to;
    const detail = loaded.columns / (loaded.to - loaded.from) / (width / seconds);
    if (isCovered && detail > 0.66 && detail < 3) return null;
  }
  const columns = Math.min(MOST_COLUMNS, Math.ceil(width) * (1 + 2 * AROUND));
  return { from: shown.from - AROUND * seconds, to: shown.to + AROUND * seconds, columns };
}

/** Where a signal is drawn. */
export interface SignalPlot {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What drawSignal needs of a canvas. */
type Pen = Pick<CanvasRenderingContext2D, 'beginPath' | 'moveTo' | 'lineTo'> & { stroke(): void };

/** Pixels above and below the line. */
const PADDING = 3;

/** Draws a signal: a line from minimum to maximum at each time, joined with the next one. */
export function drawSignal(pen: Pen, { times, low, high }: SignalView, { from, to, width, height, lowest, highest }: SignalPlot): void {
  const across = width / (to - from);
  const up = highest > lowest ? (height - 2 * PADDING) / (highest - lowest) : 0;
  const yOf = (value: number): number => (up === 0 ? height / 2 : height - PADDING - (value - lowest) * up);
  pen.beginPath();
  let isDown = false;
  for (let i = 0; i < times.length; i++) {
    const x = (times[i]! - from) * across;
    // The next points outside are included, so that lines reach the edges.
    if ((times[i + 1] ?? times[i]!) < from || (i > 0 && times[i - 1]! > to)) continue;
    if (Number.isNaN(low[i]!)) {
      isDown = false;
      continue;
    }
    if (isDown) pen.lineTo(x, yOf(high[i]!));
    else pen.moveTo(x, yOf(high[i]!));
    // A single point between two gaps is a stroke of a pixel.
    pen.lineTo(low[i] === high[i] && !isDown ? x + 1 : x, yOf(low[i]!));
    isDown = true;
  }
  pen.stroke();
}
