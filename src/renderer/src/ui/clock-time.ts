/** A moment for people: 12.3 s, 3:07, 1:02:09. */
export function clockTime(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 100) / 100} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = seconds % 1 > 0.004 ? `.${String(Math.floor((seconds % 1) * 100)).padStart(2, '0')}` : '';
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}${fraction}`;
}
