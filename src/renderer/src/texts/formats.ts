import { i18n } from './i18n.ts';

/** Number and time formats in the window's language. Files and the command line always use a decimal point. */
const formats = new Map<string, Intl.NumberFormat>();

function format(digits: number, isFixed: boolean): Intl.NumberFormat {
  const key = `${i18n.global.locale.value} ${digits} ${isFixed}`;
  let known = formats.get(key);
  if (known === undefined) {
    const options = { minimumFractionDigits: isFixed ? digits : 0, maximumFractionDigits: digits, useGrouping: false };
    formats.set(key, (known = new Intl.NumberFormat(i18n.global.locale.value, options)));
  }
  return known;
}

/** With at most `maxDigits` decimals. */
export const number = (value: number, maxDigits = 2): string => format(maxDigits, false).format(value);

/** With exactly `digits` decimals. */
export const decimal = (value: number, digits: number): string => format(digits, true).format(value);

/** A share (0..1) as a whole percentage: 12%, in German 12 %. */
export function percentage(share: number): string {
  return new Intl.NumberFormat(i18n.global.locale.value, { style: 'percent', maximumFractionDigits: 0, useGrouping: false }).format(share);
}

/** A time in a video: 12.3 s, 3:07, 1:02:09. */
export function clockTime(seconds: number): string {
  if (seconds < 60) return `${format(2, false).format(Math.round(seconds * 100) / 100)} s`;
  const twoDigits = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const sign = i18n.global.locale.value === 'de' ? ',' : '.';
  const fraction = seconds % 1 > 0.004 ? `${sign}${String(Math.floor((seconds % 1) * 100)).padStart(2, '0')}` : '';
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours > 0 ? `${hours}:${twoDigits(minutes)}` : minutes}:${twoDigits(seconds % 60)}${fraction}`;
}

/** A date with time: Friday, 2 January 2026 at 14:05. */
export function dayAndTime(date: Date): string {
  return new Intl.DateTimeFormat(i18n.global.locale.value, { dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' }).format(date);
}

/** A time of day in 24-hour format: 14:05:09. */
export function timeOfDay(date: Date): string {
  return new Intl.DateTimeFormat(i18n.global.locale.value, { timeStyle: 'medium', hourCycle: 'h23' }).format(date);
}
