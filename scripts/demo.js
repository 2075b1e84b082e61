// npm run demo: installs everything and analyses the sample videos.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { install, needFfmpeg, ownNode, PROJECT, run } from './install.js';

install();
needFfmpeg();
const out = join(PROJECT, 'demo-output');
rmSync(out, { recursive: true, force: true });
const status = run(ownNode(), ['src/main/hosts/cli/adatosk.ts', 'analyze', 'samples', '--out', out]);
if (status === 0) {
  run(ownNode(), ['scripts/compare-samples.ts', 'samples', out]);
  process.stdout.write(`
Look at
  ${join(out, 'timeline.csv')}   one row per face and time slot: probabilities, both masks and the final one
  ${join(out, 'peaks.csv')}      expression peaks: onset, apex, offset
  ${join(out, 'segments.csv')}   labelled spans, the model's proposal
  ${join(out, 'summary.csv')}    one row per video
  ${join(out, 'run.json')}       model, device, thresholds

To see them beside the videos: npx adatosk serve, open the address that it prints, and choose "Try the example".
`);
}
process.exitCode = status;
