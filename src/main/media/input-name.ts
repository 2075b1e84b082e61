/** A path in a form that ffmpeg always treats as a file, even with names such as 'concat:x' or '-i'. */
export function inputName(path: string): string {
  return `file:${path}`;
}
