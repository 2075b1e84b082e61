import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { sentenceOfFact } from '../../../../shared/app/facts.ts';
import { startChildProcessEngine } from '../../../services/studio/processes.ts';
import { DEFAULT_MODEL } from '../../../services/settings/defaults.ts';
import { diagnosticsText, saveDiagnostics } from '../../../services/diagnostics/diagnostics.ts';
import type { Findings } from '../../../services/models/doctor.ts';
import { examineComputer } from '../../../services/models/doctor.ts';
import { EXIT, Output } from '../terminal/output.ts';

export function addDoctor(program: Command, done: (code: number) => void): void {
  program
    .command('doctor')
    .description('check ffmpeg, devices, models and the project store')
    .option('--bundle <file.txt>', 'also write a text for a report of a problem, without paths and names of people', textFile)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async ({ bundle, json }: { bundle?: string; json: boolean }) => done(await doctor(new Output(json), bundle)));
}

/** A person must be able to read the file before sending it: with this ending, every system opens it in an editor. */
function textFile(name: string): string {
  if (!/\.txt$/i.test(name)) throw new InvalidArgumentError('It must end in .txt.');
  return name;
}

/** @param bundle the file for a report */
async function doctor(output: Output, bundle?: string): Promise<number> {
  const findings = await examineComputer(startChildProcessEngine, DEFAULT_MODEL);
  for (const line of describe(findings)) output.line(line);
  if (bundle !== undefined) {
    await saveDiagnostics(resolve(bundle), await diagnosticsText(findings, 'command line'));
    output.line(`\n${bundle}: for a report of a problem. Read it before you send it.`);
  }
  const healthy = findings.ffmpeg.path !== null && findings.ffprobe.path !== null && findings.models.every(({ ok }) => ok) && findings.store.ok;
  output.result({ ...inEnglish(findings), healthy }, healthy ? 'Everything that analysis needs is here.' : 'Something is missing: see the lines marked "no".');
  return healthy ? EXIT.done : EXIT.someFailed;
}

/** JSON output has sentences instead of facts. */
function inEnglish({ ffmpeg, ffprobe, providers, models, store, ...rest }: Findings): Record<string, unknown> {
  const program = ({ path, version, origin, problem }: Findings['ffmpeg']) => ({ path, version, origin: problem === null ? origin : sentenceOfFact(problem) });
  return {
    ...rest,
    ffmpeg: program(ffmpeg),
    ffprobe: program(ffprobe),
    store: { ...store, note: sentenceOfFact(store.note) },
    providers: providers.map((each) => ({ ...each, reason: sentenceOfFact(each.reason) })),
    models: models.map((each) => ({ ...each, note: sentenceOfFact(each.note) })),
  };
}

function describe({ node, platform, ffmpeg, ffprobe, providers, models, store }: Findings): string[] {
  const mark = (ok: boolean): string => (ok ? 'yes' : 'no ');
  return [
    `yes  Node ${node} on ${platform}`,
    ...Object.entries({ ffmpeg, ffprobe }).map(
      ([name, found]) =>
        `${mark(found.path !== null)}  ${name}: ${found.problem !== null ? sentenceOfFact(found.problem) : `${found.version} at ${found.path} (from ${found.origin})`}`,
    ),
    ...providers.map(
      ({ name, available, reason, maxDifference }) =>
        `${mark(available)}  ${name}: ${sentenceOfFact(reason)}${maxDifference === null || name === 'cpu' ? '' : ` (largest difference ${maxDifference.toExponential(1)})`}`,
    ),
    ...models.map(({ id, ok, note, sha256 }) => `${mark(ok)}  model ${id}: ${sentenceOfFact(note)} (SHA-256 ${sha256.slice(0, 16)}…)`),
    `${mark(store.ok)}  project store: ${sentenceOfFact(store.note)}`,
  ];
}
