// npm run setup:cuda (Linux x64): downloads onnxruntime's CUDA libraries from NuGet (about 350 MB), which the npm package does
// not contain. Requires an NVIDIA driver, CUDA 12 and cuDNN 9. Not yet tested on a machine with a GPU.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { install, ownNode, PROJECT, run } from './install.js';

if (process.platform !== 'linux' || process.arch !== 'x64') {
  process.stderr.write('CUDA comes with onnxruntime-node on Linux x64 alone; Windows has DirectML, macOS CoreML.\n');
  process.exit(2);
}
install();
const status = run(ownNode(), ['script/install.js'], {
  cwd: join(PROJECT, 'node_modules', 'onnxruntime-node'),
  env: { ...process.env, npm_config_onnxruntime_node_install: 'true', ONNXRUNTIME_NODE_INSTALL: 'true' },
});
if (status !== 0) {
  process.stderr.write('The CUDA libraries could not be fetched: this needs a connection to api.nuget.org.\n');
  process.exit(1);
}
const bin = join(PROJECT, 'node_modules', 'onnxruntime-node', 'bin');
const folder = join(bin, readdirSync(bin).find((name) => name.startsWith('napi')) ?? '', 'linux', 'x64');
const isComplete = run(ownNode(), ['scripts/cuda-libraries.ts', folder]) === 0;
const checked = run(ownNode(), ['src/main/hosts/cli/adatosk.ts', 'doctor']);
process.exit(isComplete ? checked : 1);
