import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat after the name: own time (user, system), then that of children that have ended. */
const OWN = 11;
const CHILDREN = 13;

/** Processor time of an analysis in seconds, by process; empty where the system does not tell (not Linux). */
export class CpuSeconds {
  readonly #engines: Readonly<Record<string, number | undefined>>;
  readonly #before: Readonly<Record<string, number>>;

  /** @param engines process ids by name */
  constructor(engines: Readonly<Record<string, number | undefined>>) {
    this.#engines = engines;
    this.#before = this.#read();
  }

  /** Seconds since the construction: cpu_seconds_main, cpu_seconds_ffmpeg (with ffprobe) and one for each engine. */
  since(): Record<string, number> {
    const now = this.#read();
    return Object.fromEntries(Object.entries(now).map(([name, seconds]) => [`cpu_seconds_${name}`, seconds - this.#before[name]!]));
  }

  #read(): Record<string, number> {
    if (process.platform !== 'linux') return {};
    const engines = Object.entries(this.#engines).map(([name, pid]) => [name, secondsOf(pid!, OWN)] as const);
    return { main: secondsOf('self', OWN), ffmpeg: secondsOf('self', CHILDREN), ...Object.fromEntries(engines) };
  }
}

function secondsOf(pid: number | 'self', field: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[field]! + fields[field + 1]!) / TICKS_PER_SECOND;
}
