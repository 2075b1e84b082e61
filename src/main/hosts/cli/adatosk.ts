import { deleteLeftFolders } from '../../process/private-files.ts';
import { Command, CommanderError } from 'commander';
import { APP_VERSION } from '../../services/settings/app-version.ts';
import { logFatalFaults } from '../../services/diagnostics/problem-log.ts';
import { makeSettingsPrivate } from '../../services/settings/personal-folders.ts';
import { addAgreement } from './commands/agreement.ts';
import { addAnalyze } from './commands/analyze.ts';
import { addBench } from './commands/bench.ts';
import { addCluster } from './commands/cluster.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addFineTuningSet } from './commands/fine-tuning-set.ts';
import { addList } from './commands/list.ts';
import { addCompare } from './commands/compare.ts';
import { addMerge } from './commands/merge.ts';
import { addModels } from './commands/models.ts';
import { addMethods } from './commands/methods.ts';
import { addProject } from './commands/project.ts';
import { addServe } from './commands/serve.ts';
import { addStatus } from './commands/status.ts';
import { addSynthesize } from './commands/synthesize.ts';
import { addTrain } from './commands/train.ts';
import { EXIT, reportError } from './terminal/output.ts';

// Inherited by every child process; see src/main/adatosk/runtime/onnxruntime.ts.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

/** The commands of the command line. Each one is a file. */
const COMMANDS = [
  addAnalyze,
  addList,
  addCompare,
  addMerge,
  addStatus,
  addCluster,
  addSynthesize,
  addTrain,
  addEvaluate,
  addModels,
  addProject,
  addExport,
  addFineTuningSet,
  addAgreement,
  addMethods,
  addServe,
  addDoctor,
  addBench,
];

async function main(): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('adatosk')
    .description('AdaTosk Studio: a model proposes facial expressions over time, on this computer alone.')
    .version(APP_VERSION)
    .showHelpAfterError('(add --help for help)');
  for (const add of COMMANDS) add(program, (result) => (code = result));
  useOwnExitCodes(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    return reportError(error);
  }
  return code;
}

function useOwnExitCodes(command: Command): void {
  command.exitOverride();
  command.commands.forEach(useOwnExitCodes);
}

// The launcher bin/adatosk.js starts this process. It must end when the launcher is killed.
if (process.channel !== undefined) {
  process.once('disconnect', () => process.exit(EXIT.interrupted));
  process.channel?.unref();
}
// The program that reads the output has ended, as in `adatosk doctor | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.interrupted);
});
deleteLeftFolders();
makeSettingsPrivate();
logFatalFaults('command line');
process.exitCode = await main();
