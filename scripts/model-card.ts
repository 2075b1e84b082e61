/**
 * Makes the card of a published model from what lies beside it: manifest.json, evaluation.json and training.json.
 *
 * Usage: model-card.ts [FOLDER]   (models/adatosk-tiny unless given; writes FOLDER/MODEL_CARD.md)
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noticeOf, sentencesOf } from '../src/shared/app/notices.ts';
import type { ActionUnitNumber } from '../src/shared/domain/action-units.ts';
import { ACTION_UNITS, UNIT_NAMES, UNITS_CAUTION } from '../src/shared/domain/action-units.ts';
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { Lineage, LineageSet, LineageTraining } from '../src/shared/domain/lineage.ts';
import { lineageSchema } from '../src/shared/domain/lineage.ts';
import { manifestSchema } from '../src/shared/domain/manifest.ts';
import type { ModelManifest } from '../src/shared/domain/manifest.ts';
import type { ModelEvaluation } from '../src/shared/statistics/evaluation.ts';
import type { Estimate } from '../src/shared/statistics/recognition.ts';
import { UNIT_LIMITS } from '../src/shared/statistics/unit-figures.ts';
import { buildInferenceGraph } from '../src/main/adatosk/model/adatosk.ts';
import { SIZES } from '../src/main/adatosk/model/config.ts';
import { multiplyAddsAt, parameterCount } from '../src/main/adatosk/model/cost.ts';
import { format, resolveConfig } from 'prettier';

/** evaluation.json of a published model. */
export interface PublishedEvaluation {
  readonly test: ModelEvaluation;
  readonly portraits: ModelEvaluation;
  /** By the name of the condition. */
  readonly conditions: Readonly<Record<string, ModelEvaluation>>;
  readonly masks: readonly { readonly choice: string; readonly uar: number }[];
}

/** The text of MODEL_CARD.md. @throws where one of the three files is missing or does not fit the others */
export async function modelCard(folder: string): Promise<string> {
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const manifest = manifestSchema.parse(await read('manifest.json'));
  const lineage = lineageSchema.parse(await read('training.json'));
  if (lineage.sha256 !== manifest.sha256) throw new Error(`training.json is about other weights (${lineage.sha256.slice(0, 12)}…) than manifest.json`);
  const evaluation = (await read('evaluation.json')) as PublishedEvaluation;
  const parts = [
    introduction(manifest),
    data(lineage),
    training(lineage),
    rendered(evaluation),
    portraits(evaluation),
    masks(manifest, evaluation),
    ...units(evaluation),
  ];
  const text = [...parts, robustness(evaluation), LIMITS].join('\n\n');
  const file = join(folder, 'MODEL_CARD.md');
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

function introduction(manifest: ModelManifest): string {
  const size = SIZES[manifest.size];
  const graph = buildInferenceGraph(size, manifest.actionUnits?.length);
  const giga = (budget: number): string => (multiplyAddsAt(size, budget, graph) / 1e9).toFixed(2);
  const budget = manifest.defaultTokenBudget;
  const twice = manifest.mirrored === true ? '; twice that, since each clip is also read mirrored' : '';
  return `# ${manifest.name} (${manifest.id})

${sentencesOf(manifest.warnings.map(noticeOf))
  .map((warning) => `- **${warning}**`)
  .join('\n')}

A probability is the model's proposal about what a face shows. It is not an emotion and not a fact about a person.

${table(
  ['', ''],
  [
    ['parameters', `${(parameterCount(graph) / 1e6).toFixed(2)} M`],
    ['input', `16 aligned face crops of ${size.cropSide} pixels, 10 a second`],
    ['multiply-adds of a clip', `${giga(1)} G at token budget 1, ${giga(budget)} G at the default ${budget}${twice}`],
    ['licence', 'MIT, as the program'],
  ],
)}`;
}

const count = (value: number | null): string => (value === null ? 'not recorded' : value.toLocaleString('en-GB'));
const share = (value: number | null): string => (value === null ? 'not recorded' : value === 0 ? '–' : `${Math.round(100 * value)}%`);

function data({ sets, credits, photographShare }: Lineage): string {
  const total = (split: keyof LineageSet['clips']): string => count(sets.reduce((sum, { clips }) => sum + clips[split], 0));
  // Models before this option have no column for it.
  const hasDisplays = sets.some(({ displays }) => displays !== 0);
  const row = ({ seed, clips, classes, condition, blended, toned, subdued, varied, lined, displays }: LineageSet): string[] => [
    ...[String(seed), count(clips.train), classes?.join(', ') ?? 'all', condition === 'usual' ? '–' : condition],
    ...[blended, toned, subdued, varied, lined, ...(hasDisplays ? [displays] : [])].map(share),
  ];
  const head = ['seed', 'training clips', 'classes', 'condition', 'two people mixed', 'darker skin', 'weak displays', 'varied shape', 'lines at rest'];
  return `## Data

Rendered clips: ${total('train')} for training, ${total('validation')} for validation and ${total('test')} for testing, made by \`adatosk synthesize\`
(docs/developer/synthesis.md). The classes have equal shares where a set has all of them. No portrait is in two of the three splits.

${table([...head, ...(hasDisplays ? ['varied displays'] : [])], sets.map(row))}

Photographs of training people in front of a moving camera are ${share(photographShare)} of the draws of their classes, where a training used them.

${credits.map((credit) => `- ${credit}`).join('\n')}

The portraits are mostly of White and young people. Splits go by the position of a portrait in the sorted list of its set: of every
five the third tests, the one after it validates in every other five, and all others train.`;
}

function training({ trainings, calibration, hardware }: Lineage): string {
  const draws = ({ draws: phases }: LineageTraining): string => phases.map(({ phase, clips }) => `${phase}, ${count(clips)}`).join('; ');
  const special = ({ averagedShare, learns }: LineageTraining): string[] => [
    ...(averagedShare === undefined ? [] : [`mean of ${share(averagedShare)} of its weights and the rest of those before`]),
    ...(learns === undefined ? [] : ['the head for action units alone']),
  ];
  const row = (each: LineageTraining): string[] => [
    ...[each.run, [draws(each), ...special(each)].join('; '), count(each.clips), each.selection.map(selection).join('; ')],
    ...[each.matrices ?? '', each.rate === null ? '' : each.rate.toExponential(), each.batch === null ? '' : String(each.batch)],
    ...[each.augmentation ?? '', each.minutes === null ? '' : `${each.minutes} min`],
  ];
  return `## Training

Each training begins with the weights of the one before, the first with random ones. \`training.json\` has the same as data, and
\`scripts/replay-training.ts\` runs it again. The numbers are those of docs/research/training-log.md. Empty cells were not recorded.

${table(['run', 'phase, draws', 'clips', 'share taken of each seed', 'matrices', 'rate', 'batch', 'augmentation', 'time'], trainings.map(row))}

After the last training the logits were calibrated${calibration.mirrored ? ' for mirrored clips' : ''} at token budget ${calibration.tokenBudget} with ${calibration.windows} windows a clip: a temperature
and a bias for each class (with a penalty of ${calibration.biasPenalty}) that give the least log loss on validation clips and on photographs of validation
people, these with ${share(calibration.photographShare)} of their classes; then the bias of neutral was raised to the best UAR on validation clips. Hardware: ${hardware}.`;
}

function selection({ seeds, clips, share: taken }: LineageTraining['selection'][number]): string {
  const which = [
    ...(clips.label === undefined ? [] : [clips.label]),
    ...(clips.hard === true ? ['hard'] : []),
    ...(clips.strengthBelow === undefined ? [] : [`strength below ${clips.strengthBelow}`]),
    ...(clips.probabilityBelow === undefined ? [] : [`probability below ${clips.probabilityBelow}`]),
  ].join(', ');
  return `${seeds.join(', ')}${which === '' ? '' : ` (${which})`}: ${taken === 0 ? 'none' : share(taken)}`;
}

function rendered({ test }: PublishedEvaluation): string {
  const baseline = test.baseline!;
  const moment = (name: 'onset' | 'apex' | 'offset'): string[] => [
    ...[`${name}, median error`, test[name] === null ? '–' : `${range(test[name].median)} s`, ''],
  ];
  return `## Rendered faces of unseen people (${test.clips} clips)

With 95% intervals; people are resampled, with all their clips. Baseline: the expression network of face-api.js (MIT) on the same
aligned faces, averaged over time.

${table(
  ['', 'this model', 'baseline'],
  [
    ['UAR', range(test.uar), range(baseline.uar)],
    ['WAR', range(test.war), range(baseline.war)],
    ['expected calibration error', range(test.ece, 3), range(baseline.ece, 3)],
    ...EXPRESSIONS.map((name) => [`recall, ${name}`, range(test.recall[name]!), range(baseline.recall[name]!)]),
    ...(['onset', 'apex', 'offset'] as const).map(moment),
    ['expressions with a peak', test.peaksFound === null ? '–' : `${(100 * test.peaksFound).toFixed(0)}%`, ''],
  ],
)}

${table(
  ['true \\ proposed', ...EXPRESSIONS],
  EXPRESSIONS.map((name, i) => [name, ...test.confusion[i]!.map(String)]),
)}

UAR by token budget: ${test.budgets.map(({ tokenBudget, uar }) => `${tokenBudget}: ${uar.toFixed(3)}`).join(', ')}.

By group. Skin tone is the individual typology angle of the photograph: above 41 light, above 10 medium. Gender is known where the
portrait's name has it; the names of the London set do not.

${table(
  ['group', 'clips', 'UAR'],
  test.groups.map(({ group, clips, uar }) => [group, String(clips), range(uar)]),
)}`;
}

function portraits({ portraits: found }: PublishedEvaluation): string {
  const baseline = found.baseline!;
  return `## Real portraits of unseen people (${found.clips} clips of 2 s, ${found.clips / 2} people of the London set)

${table(
  ['', 'this model', 'baseline'],
  [
    ['neutral against smiling, AUC', range(found.auc), range(baseline.auc)],
    ['neutral called neutral', percent(found.recall['neutral']), percent(baseline.recall['neutral'])],
    ['smiling called happiness', percent(found.recall['happiness']), percent(baseline.recall['happiness'])],
  ],
)}`;
}

function masks({ defaultTokenBudget }: ModelManifest, { test, masks: choices }: PublishedEvaluation): string {
  const effect = (name: 'classAgnostic' | 'classSemantic', what: string): string[] => {
    const found = test.masks[name];
    if (found === null) return [what, '–', '–', '–', '–'];
    return [what, found.here.toFixed(3), found.there.toFixed(3), range(found.effect), `${(100 * found.share).toFixed(0)}% of ${found.clips}`];
  };
  return `## What the masks weigh

${table(
  ['', 'here', 'there', "effect (d of the clips' differences)", 'larger here in'],
  [
    effect('classAgnostic', 'class-agnostic: onset and offset against held'),
    effect('classSemantic', 'class-semantic: within 0.3 s of the apex against 0.8 s and more from it'),
  ],
)}

Which part chooses the tokens that are kept, with the same weights and no new training (validation clips, budget ${defaultTokenBudget}): ${choices
    .map(({ choice, uar }) => `${choice} UAR ${uar.toFixed(3)}`)
    .join(', ')}.`;
}

function units({ test }: PublishedEvaluation): string[] {
  const { units: figures = null } = test;
  if (figures === null) return [];
  const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  return [
    `## Action units (${UNITS_CAUTION})

Intensities of FACS action units in each slot of 0.2 s, on the rendered faces of unseen people above. They were never compared with
the codes of a FACS coder. Left out, because the head reads them hardly better than chance or no test clip shows them: ${ACTION_UNITS.filter((unit) =>
      figures.every((each) => each.unit !== unit),
    ).join(', ')}. AUC: slots with a strength of at least ${UNIT_LIMITS.present} against those below ${UNIT_LIMITS.absent}.

${table(
  ['action unit', 'correlation', 'mean absolute error', 'AUC', 'present'],
  figures.map(({ unit, correlation, meanAbsoluteError, auc, presentShare }) => [
    `${unit} ${UNIT_NAMES[unit as ActionUnitNumber]}`,
    ...[shown(correlation), shown(meanAbsoluteError), shown(auc), `${(100 * presentShare).toFixed(0)}%`],
  ]),
)}`,
  ];
}

function robustness({ conditions }: PublishedEvaluation): string {
  const measured = Object.entries(conditions);
  if (measured.length === 0) return '## Robustness\n\nNot measured for these weights.';
  return `## Robustness (rendered clips of unseen people, whole expressions)

${table(
  ['', 'clips', 'UAR', 'WAR', 'recall, sadness'],
  measured.map(([name, each]) => [name, String(each.clips), range(each.uar), range(each.war), percent(each.recall['sadness'])]),
)}

Displays: varied displays of the expressions instead of prototypes, see docs/developer/synthesis.md. Lined: faces with lines that stay at
rest, and brows, lids and lips in other resting positions than on the photograph.`;
}

const LIMITS = `## Limits

Trained on rendered faces, whose displays are combinations of action units: prototypes (EMFACS) and variants of them, a part of which
are our guess; and on a few hundred seconds of photographs. Not validated on spontaneous expressions, on children, on older people, or
on faces that cannot move as the face model does. Not for diagnosis,
hiring, lie detection, or any decision about a person. Peaks and labels are proposals; a coder decides.
`;

function percent(estimate: Estimate | undefined): string {
  return estimate === undefined || estimate.value === null ? '–' : `${(100 * estimate.value).toFixed(0)}%`;
}

function range({ value, low, high }: Estimate, digits = 2): string {
  return value === null ? '–' : `${value.toFixed(digits)} (${low!.toFixed(digits)} to ${high!.toFixed(digits)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'models', 'adatosk-tiny');
  await writeFile(join(folder, 'MODEL_CARD.md'), await modelCard(folder));
}
