/** Seconds of a time that a person writes: '75.5', '1:15.5', '1:02:03', with a point or a comma; null for other texts. */
export function secondsOfTimecode(text: string): number | null {
  const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d*)?)\s*s?$/.exec(text.trim());
  if (match === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds.replace(',', '.'));
}
