/** Draws the lanes of the model's series on one canvas, in pixels of the screen's CSS. */
import type { FaceMaps } from '../../../../../shared/domain/mask-maps.ts';
import type { TimelineColumns } from '../../../../../shared/domain/timeline-columns.ts';
import { countIn, decimate, highestInColumns, rangeInColumns } from './decimation.ts';
import type { Line, ShownLane, Span } from './lane-series.ts';
import { absences, LANES, rangeOf, slotTimes, valuesOf } from './lane-series.ts';

export interface PeakMark {
  readonly label: string;
  readonly apexS: number;
}

export interface LaneColours {
  readonly isDark: boolean;
  readonly surface: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
}

/** What is drawn, and where. */
export interface LanePicture {
  readonly columns: TimelineColumns;
  readonly maps: FaceMaps | null;
  readonly lanes: readonly ShownLane[];
  /** Of each lane. */
  readonly places: readonly { readonly top: number; readonly height: number }[];
  readonly peaks: readonly PeakMark[];
  /** Names shown at peaks. */
  readonly nameOf: (label: string) => string;
  readonly isRibbons: boolean;
  readonly view: Span;
  readonly width: number;
  readonly colours: LaneColours;
}

/** Line width, which is also the resolution of the decimation. */
const LINE_PIXELS = 1.6;
const DASHES = { solid: [], dashed: [6, 3], dotted: [1.5, 3] } as const;

export function paintLanes(context: CanvasRenderingContext2D, picture: LanePicture): void {
  const { lanes, places } = picture;
  const gone = absences(picture.columns).filter(({ from, to }) => to > picture.view.from && from < picture.view.to);
  lanes.forEach((lane, i) => {
    const place = places[i]!;
    context.save();
    context.beginPath();
    context.rect(0, place.top, picture.width, place.height);
    context.clip();
    context.fillStyle = picture.colours.surface;
    context.fillRect(0, place.top, picture.width, place.height);
    paintAbsences(context, picture, place, gone);
    const { drawing, lines } = LANES[lane.name];
    if (drawing === 'rows' || (drawing === 'ribbons' && picture.isRibbons)) paintRibbons(context, picture, place, lines);
    else paintLines(context, picture, place, lane, drawing === 'area');
    if (lane.name === 'intensity') paintPeaks(context, picture, place);
    context.restore();
  });
}

const toneOfLine = ({ style }: Line, { isDark }: LaneColours): string => (isDark ? style.dark : style.light);

/** Spans without a face are hatched. */
function paintAbsences(context: CanvasRenderingContext2D, picture: LanePicture, place: LanePicture['places'][number], gone: readonly Span[]): void {
  const { view, width, colours } = picture;
  const scale = width / (view.to - view.from);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  for (const { from, to } of gone) {
    const [left, right] = [Math.max(0, (from - view.from) * scale), Math.min(width, (to - view.from) * scale)];
    context.save();
    context.beginPath();
    context.rect(left, place.top, right - left, place.height);
    context.clip();
    context.beginPath();
    for (let x = Math.floor((left - place.height) / 6) * 6; x < right; x += 6) {
      context.moveTo(x, place.top + place.height);
      context.lineTo(x + place.height, place.top);
    }
    context.stroke();
    context.restore();
  }
}

let strip: HTMLCanvasElement | undefined;
let highest = new Float32Array();
/** A row for each class: the higher the probability, the stronger the colour. Each pixel has the highest value of its span. */
function paintRibbons(context: CanvasRenderingContext2D, picture: LanePicture, place: LanePicture['places'][number], lines: readonly Line[]): void {
  const { columns, maps, view, colours } = picture;
  const width = Math.max(1, Math.round(picture.width * window.devicePixelRatio));
  strip ??= document.createElement('canvas');
  [strip.width, strip.height] = [width, lines.length];
  const drawn = strip.getContext('2d');
  if (drawn === null) return;
  if (highest.length !== width) highest = new Float32Array(width);
  const image = drawn.createImageData(width, lines.length);
  const { starts, ends } = slotTimes(columns);
  lines.forEach((line, row) => {
    highestInColumns(starts, ends, valuesOf(columns, line.column, maps), view.from, view.to, highest);
    const [red, green, blue] = rgbOf(toneOfLine(line, colours));
    for (let column = 0; column < width; column++) {
      const value = highest[column]!;
      if (!(value > 0)) continue;
      const at = 4 * (row * width + column);
      image.data[at] = red;
      image.data[at + 1] = green;
      image.data[at + 2] = blue;
      image.data[at + 3] = Math.round(255 * Math.min(1, value));
    }
  });
  drawn.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(strip, 0, place.top, picture.width, place.height);
  context.fillStyle = colours.line;
  for (let row = 1; row < lines.length; row++) context.fillRect(0, Math.round(place.top + (row * place.height) / lines.length), picture.width, 0.5);
}

/** @param hex '#rrggbb' */
function rgbOf(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Lines on a common scale, with the middle of the range as a grid line. An area is filled down to its lowest value. */
function paintLines(context: CanvasRenderingContext2D, picture: LanePicture, place: LanePicture['places'][number], lane: ShownLane, isFilled: boolean): void {
  const { columns, maps, view, width, colours } = picture;
  const { min, max } = rangeOf(columns, lane.name, maps);
  const [scaleX, inner] = [width / (view.to - view.from), place.height - 4];
  const bottom = place.top + place.height - 2;
  const yOf = (value: number): number => bottom - ((value - min) / (max - min)) * inner;
  context.strokeStyle = colours.line;
  context.lineWidth = 0.5;
  context.setLineDash([]);
  context.beginPath();
  for (const value of [min, (min + max) / 2, max]) {
    context.moveTo(0, yOf(value));
    context.lineTo(width, yOf(value));
  }
  context.stroke();
  const x = slotTimes(columns).middles;
  const scale: LineScale = { x, bottom, scaleX, yOf };
  const isDense = countIn(x, view.from, view.to) > DENSE * width;
  for (const line of LANES[lane.name].lines) {
    context.fillStyle = toneOfLine(line, colours);
    context.strokeStyle = context.fillStyle;
    const y = valuesOf(columns, line.column, maps);
    if (isDense) paintDenseLine(context, picture, scale, y, isFilled);
    else paintSparseLine(context, picture, scale, y, line, isFilled);
  }
}

/** With more points for a pixel than this, a line is drawn by columns: strokes through thousands of points take a tenth of a second. */
const DENSE = 0.7;

interface LineScale {
  readonly x: Float64Array;
  readonly bottom: number;
  readonly scaleX: number;
  readonly yOf: (value: number) => number;
}
const AREA_ALPHA = 0.22;

function paintSparseLine(context: CanvasRenderingContext2D, picture: LanePicture, scale: LineScale, y: Float32Array, line: Line, isFilled: boolean): void {
  const { view, width } = picture;
  const { x, bottom, scaleX, yOf } = scale;
  const path = new Path2D();
  const area = new Path2D();
  let [isBroken, lastX] = [true, 0];
  const endArea = (): void => {
    if (!isBroken) area.lineTo(lastX, bottom);
  };
  decimate(x, y, view.from, view.to, width / LINE_PIXELS, (atS, value) => {
    if (Number.isNaN(value)) {
      endArea();
      isBroken = true;
      return;
    }
    const [px, py] = [(atS - view.from) * scaleX, yOf(value)];
    if (isBroken) {
      path.moveTo(px, py);
      area.moveTo(px, bottom);
    } else path.lineTo(px, py);
    area.lineTo(px, py);
    [isBroken, lastX] = [false, px];
  });
  endArea();
  if (isFilled) {
    context.globalAlpha = AREA_ALPHA;
    context.fill(area);
    context.globalAlpha = 1;
  }
  context.lineWidth = LINE_PIXELS;
  context.lineJoin = 'round';
  context.setLineDash(DASHES[line.style.dash]);
  context.stroke(path);
}

let lowest = new Float32Array();
let topmost = new Float32Array();
/** A bar from the lowest to the highest value in each pixel. */
function paintDenseLine(context: CanvasRenderingContext2D, picture: LanePicture, scale: LineScale, y: Float32Array, isFilled: boolean): void {
  const { view } = picture;
  const columns = Math.max(1, Math.round(picture.width));
  if (lowest.length !== columns) [lowest, topmost] = [new Float32Array(columns), new Float32Array(columns)];
  rangeInColumns(scale.x, y, view.from, view.to, lowest, topmost);
  const bars = (draw: (column: number, top: number, bottom: number) => void): void => {
    for (let column = 0; column < columns; column++) {
      if (!Number.isNaN(lowest[column]!)) draw(column, scale.yOf(topmost[column]!), scale.yOf(lowest[column]!));
    }
  };
  if (isFilled) {
    context.globalAlpha = AREA_ALPHA;
    bars((column, top) => context.fillRect(column, top, 1, scale.bottom - top));
    context.globalAlpha = 1;
  }
  bars((column, top, bottom) => context.fillRect(column, top - LINE_PIXELS / 2, 1, bottom - top + LINE_PIXELS));
}

/** Width of a peak's name in pixels. If there are too many peaks for it, their lines have no names. */
const PEAK_NAME_WIDTH = 70;
function paintPeaks(context: CanvasRenderingContext2D, picture: LanePicture, place: LanePicture['places'][number]): void {
  const { view, width, colours } = picture;
  const seen = picture.peaks.filter(({ apexS }) => apexS >= view.from && apexS <= view.to);
  const isNamed = seen.length * PEAK_NAME_WIDTH < width;
  context.setLineDash(isNamed ? [3, 2] : []);
  context.strokeStyle = colours.quiet;
  context.lineWidth = 1;
  context.font = "11px 'Inter Variable', system-ui, sans-serif";
  context.textBaseline = 'top';
  context.beginPath();
  for (const { apexS } of seen) {
    const x = Math.round(((apexS - view.from) / (view.to - view.from)) * width) + 0.5;
    context.moveTo(x, place.top);
    context.lineTo(x, place.top + place.height);
  }
  context.stroke();
  if (!isNamed) return;
  for (const { label, apexS } of seen) {
    const x = ((apexS - view.from) / (view.to - view.from)) * width + 4;
    const name = picture.nameOf(label);
    context.fillStyle = colours.surface;
    context.globalAlpha = 0.75;
    context.fillRect(x - 2, place.top + 1, context.measureText(name).width + 4, 13);
    context.globalAlpha = 1;
    context.fillStyle = colours.text;
    context.fillText(name, x, place.top + 2);
  }
}
