/** Formats a time as hh:mm:ss.mmm. @param all whole milliseconds */
export function clockText(all: number, decimal: '.' | ',' | ':'): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(all / 3_600_000), Math.floor(all / 60_000) % 60, Math.floor(all / 1000) % 60];
  return `${two(h)}:${two(m)}:${two(s)}${decimal}${String(all % 1000).padStart(3, '0')}`;
}
