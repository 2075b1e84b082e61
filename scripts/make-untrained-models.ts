/**
 * npm run make:untrained-models: writes manifest.json and MODEL_CARD.md of the untrained models (tiny has trained weights from
 * publish-default-model.ts). Run it after a change of the graph. The program draws model.onnx from the seed at first use.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { ModelManifest } from '../src/shared/domain/manifest.ts';
import { clipShape } from '../src/main/adatosk/model/clip-shape.ts';
import { multiplyAddsAt, parameterCount } from '../src/main/adatosk/model/cost.ts';
import { drawUntrainedModel, modelsFolder } from '../src/main/adatosk/runtime/models.ts';
import { buildInferenceGraph } from '../src/main/adatosk/model/adatosk.ts';
import { SIZES } from '../src/main/adatosk/model/config.ts';

const SEED = 20261123;

for (const size of [SIZES.small, SIZES.base]) {
  const id = `adatosk-${size.name}`;
  const sha256 = createHash('sha256')
    .update(drawUntrainedModel({ id, size: size.name, seed: SEED }))
    .digest('hex');
  const manifest: ModelManifest = {
    id,
    name: `AdaTosk ${size.name}`,
    size: size.name,
    trained: false,
    warnings: [],
    provenance: `Weights drawn at random from seed ${SEED}; no data was used.`,
    seed: SEED,
    classes: [...EXPRESSIONS],
    clip: clipShape(size.cropSide),
    defaultTokenBudget: size.defaultTokenBudget,
    sha256,
  };
  await writeFile(join(modelsFolder(), id, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(modelsFolder(), id, 'MODEL_CARD.md'), card(manifest));
}

function card({ id, name, size, defaultTokenBudget, clip }: ModelManifest): string {
  const graph = buildInferenceGraph(SIZES[size]);
  const giga = (budget: number): string => (multiplyAddsAt(SIZES[size], budget, graph) / 1e9).toFixed(2);
  return `# ${name} (${id})

**Untrained weights: numbers mean nothing yet.** The weights are random, drawn from a seed. The model exists so that
the way of a video can be built, measured and tested; no output of it says anything about a face.

| | |
|---|---|
| parameters | ${(parameterCount(graph) / 1e6).toFixed(2)} M |
| input | ${clip.frames} aligned face crops of ${clip.width} x ${clip.height} pixels, ${clip.sampleRateHz} a second |
| multiply-adds of a clip | ${giga(1)} G at token budget 1, ${giga(defaultTokenBudget)} G at the default ${defaultTokenBudget} |
| training data | none |
| results | none |
| licence | MIT, as the program |
`;
}
