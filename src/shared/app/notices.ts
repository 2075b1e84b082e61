import type { Fact, FactValue, Notice, Placeholders } from './facts.ts';
import { factSchema, sentenceOfFact } from './facts.ts';
import type { NOTICE_TEXTS, NoticeId } from './notice-texts.ts';

type NoticeParameters<I extends NoticeId> = { readonly [N in Placeholders<(typeof NOTICE_TEXTS)[I]>]: N extends 'count' ? number : FactValue };

/** Makes a notice. Its parameters are the placeholders of its English text. */
export function notice<I extends NoticeId>(id: I, parameters: NoticeParameters<I>): Notice {
  return { id, parameters };
}

/** English texts for the command line, logs and files. */
export const sentencesOf = (notices: readonly Notice[]): string[] => notices.map((each) => sentenceOfFact(each));

/** The first `most` notices, then one with the number of the others. */
export function shortened(notices: readonly Notice[], most: number): Notice[] {
  return notices.length <= most ? [...notices] : [...notices.slice(0, most), notice('more', { count: notices.length - most })];
}

/** Problems with rows of tables in the order of the rows, file by file, shortened. Those that are about no row come first in their file. */
export function problemList(problems: readonly Notice[], most: number): Notice[] {
  const places = problems.map((problem) => ({ problem, ...placeIn(problem) }));
  const byFile = [...Map.groupBy(places, ({ file }) => file).values()];
  return shortened(
    byFile.flatMap((own) => own.toSorted((a, b) => a.line - b.line).map(({ problem }) => problem)),
    most,
  );
}

/** The file and the line of a notice 'place/line' in `from`; line 0 for none. */
function placeIn({ parameters: { from } }: Notice): { file: string; line: number } {
  const { file = '', line = 0 } = typeof from === 'object' && 'parameters' in from ? from.parameters : {};
  return { file: typeof file === 'string' ? file : '', line: typeof line === 'number' ? line : 0 };
}

/** Files that a joined notice names. */
const MOST_FILES = 3;

/** Joins notices 'in-file' that say the same of several files. The order is that of their first files. */
export function joinedByFile(notices: readonly Notice[]): Notice[] {
  const groups = Map.groupBy(notices, (each) => (each.id === 'in-file' ? JSON.stringify(each.parameters['notice']) : each));
  return [...groups.values()].flatMap((group): Notice[] => {
    const same = group[0]?.parameters['notice'];
    const files = [...new Set(group.flatMap(({ parameters: { file } }) => (typeof file === 'string' ? [file] : [])))];
    if (same === undefined || files.length === 1) return group.slice(0, 1);
    const count = files.length;
    if (count <= MOST_FILES + 1) return [notice('in-files', { count, files, notice: same })];
    return [notice('in-more-files', { count, files: files.slice(0, MOST_FILES), more: count - MOST_FILES, notice: same })];
  });
}

/** Converts a plain-text warning of another program or of an older version to a notice. */
export function noticeOf(warning: string | Notice): Notice {
  return typeof warning === 'string' ? notice('verbatim', { text: warning }) : warning;
}

/** Reads a fact that is stored as JSON. Older versions stored an English sentence instead. @returns null for '' */
export function readFact(stored: string): Fact | null {
  if (stored === '') return null;
  try {
    return factOr(JSON.parse(stored), stored);
  } catch {
    return earlierVersion(stored);
  }
}

/** A stored value if it is a fact, else `text` as the sentence of an older version. */
export function factOr(stored: unknown, text: string): Fact {
  const { success, data } = factSchema.safeParse(stored);
  return success ? data : earlierVersion(text);
}

/** A sentence that an older version stored. */
export const earlierVersion = (text: string): Notice => notice('earlier-version', { text });
