/** Runs cases of one kind: worker.ts KIND SEED FIRST FOLDER. Tells its parent the number of each case before it begins. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { required } from '../../src/shared/basics/required.ts';
import { StudioError } from '../../src/shared/app/errors.ts';
import { randomStream } from '../../src/shared/basics/random.ts';
import { mutated } from './mutate.ts';
import { inOwnFolder, TARGETS } from './targets.ts';

/** Sent before a case (`ended` is null) and after it. */
export interface CaseReport {
  readonly number: number;
  readonly file: string;
  readonly ended: null | {
    /** 'read', the id of an error for the user, or 'fault'. */
    readonly outcome: string;
    /** The stack of an error that is not one for the user. */
    readonly fault: string | null;
    readonly megabytes: number;
  };
}

const [kind = '', seedText = '', firstText = '', folder = ''] = process.argv.slice(2);
const seed = Number(seedText);
const target = await required(TARGETS[kind], 'the kind')(folder);
const send = (report: CaseReport): Promise<void> => new Promise((resolve) => (process.send === undefined ? resolve() : process.send(report, () => resolve())));

for (let number = Number(firstText); ; number++) {
  const random = randomStream(seed, `${kind} ${number}`);
  const { name, bytes } = required(target.seeds[Math.floor(random() * target.seeds.length)], 'a seed');
  const others = target.seeds.map((each) => each.bytes);
  await inOwnFolder(folder, async (own) => {
    const file = join(own, name);
    await writeFile(file, mutated(bytes, others, random));
    await send({ number, file, ended: null });
    await send({ number, file, ended: await outcomeOf(file, own) });
  });
}

async function outcomeOf(file: string, own: string): Promise<CaseReport['ended']> {
  const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6);
  try {
    await target.read(file, own);
    return { outcome: 'read', fault: null, megabytes: megabytes() };
  } catch (error) {
    if (error instanceof StudioError) return { outcome: error.id, fault: null, megabytes: megabytes() };
    return { outcome: 'fault', fault: error instanceof Error ? (error.stack ?? error.message) : String(error), megabytes: megabytes() };
  }
}
