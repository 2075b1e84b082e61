import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../shared/app/errors.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { mean } from '../../../shared/basics/mean.ts';
import type { ModelSession } from '../../../shared/domain/model-session.ts';
import type { Prediction } from '../../../shared/statistics/recognition.ts';
import { FRAMES_PER_CLIP } from '../../adatosk/model/config.ts';
import { modelProto } from '../../adatosk/onnx/schema.ts';
import type { ClipSource } from '../data/clip-source.ts';
import { evenWindows } from '../data/sampling.ts';

/**
 * The baseline for comparisons: face-api's expression network (MIT), a small convolutional network that reads single
 * frames. Its weights are in a development dependency and are not part of the released program.
 */
const PACKAGE = '@vladmandic/face-api';
const SIDE = 112;
/** Its classes in its order, as indices into EXPRESSIONS. */
const CLASSES = (['neutral', 'happiness', 'sadness', 'anger', 'fear', 'disgust', 'surprise'] as const).map((name) => EXPRESSIONS.indexOf(name));
/** Subtracted from every pixel before division by 255 (VGG-Face's channel means, RGB). */
const CHANNEL_MEANS = [122.782, 117.001, 104.298];

const manifestSchema = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.number().int()),
        quantization: z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }).optional(),
      }),
    ),
  }),
);

interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The baseline as an ONNX model: input `faces` [n, 112, 112, 3], RGB 0 to 255; output `probabilities` [n, 7] in its class
 * order.
 * @throws StudioError 'model-missing' where the package is not installed
 */
export async function baselineModel(): Promise<Uint8Array> {
  return modelOf(await readWeights());
}

async function readWeights(): Promise<Map<string, Weight>> {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'model');
    const [group] = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'face_expression_model-weights_manifest.json'), 'utf8')));
    const bytes = await readFile(join(folder, group!.paths[0]!));
    const weights = new Map<string, Weight>();
    let at = 0;
    for (const { name, shape, quantization } of group!.weights) {
      const count = shape.reduce((a, b) => a * b, 1);
      const values =
        quantization === undefined
          ? new Float32Array(Uint8Array.from(bytes.subarray(at, at + 4 * count)).buffer)
          : Float32Array.from(bytes.subarray(at, at + count), (value) => value * quantization.scale + quantization.min);
      at += quantization === undefined ? 4 * count : count;
      weights.set(name, { shape, values });
    }
    return weights;
  } catch (error) {
    throw new StudioError('model-missing/baseline', { package: PACKAGE }, error);
  }
}

type Node = Readonly<Record<'op_type' | 'input' | 'output' | 'attribute', unknown>>;

/** Collects nodes and weights of the model. Intermediate values have numbered names. */
class Writer {
  readonly nodes: Node[] = [];
  readonly initializer: object[] = [];

  value(name: string, dims: readonly number[], values: Float32Array): string {
    this.initializer.push({ name, dims, data_type: 1, raw_data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
    return name;
  }

  add(
    op: string,
    input: readonly string[],
    attributes: Readonly<Record<string, number | string | readonly number[]>> = {},
    output = `value${this.nodes.length}`,
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) => {
      if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
      return typeof value === 'number' ? { name, type: 2, i: value } : { name, type: 7, ints: value };
    });
    this.nodes.push({ op_type: op, input, output: [output], attribute });
    return output;
  }
}

function modelOf(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const writer = new Writer();
  const weight = (name: string): Weight => weights.get(name)!;
  /** Converts TensorFlow's [height, width, in, out] to [out, in, height, width], and depthwise [h, w, channels, 1] to [channels, 1, h, w]. */
  const kernel = (name: string, depthwise: boolean): string => {
    const { shape, values } = weight(name);
    const [h, w, from, to] = shape as [number, number, number, number];
    const [outer, inner] = depthwise ? [from, to] : [to, from];
    const transposed = new Float32Array(values.length);
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++)
        for (let i = 0; i < from; i++)
          for (let o = 0; o < to; o++) {
            const [a, b] = depthwise ? [i, o] : [o, i];
            transposed[((a * inner + b) * h + y) * w + x] = values[((y * w + x) * from + i) * to + o]!;
          }
    return writer.value(name, [outer, inner, h, w], transposed);
  };
  const bias = (name: string): string => writer.value(name, weight(name).shape, weight(name).values);
  const separable = (x: string, name: string, stride: number): string => {
    const depthwise = kernel(`${name}/depthwise_filter`, true);
    const strides = [stride, stride];
    const spread = writer.add('Conv', [x, depthwise], { group: weight(`${name}/depthwise_filter`).shape[2]!, strides, auto_pad: 'SAME_UPPER' });
    return writer.add('Conv', [spread, kernel(`${name}/pointwise_filter`, false), bias(`${name}/bias`)]);
  };
  const relu = (x: string): string => writer.add('Relu', [x]);
  const sum = (...terms: string[]): string => terms.reduce((a, b) => writer.add('Add', [a, b]));
  const block = (x: string, name: string, first: boolean): string => {
    const one = relu(
      first
        ? writer.add('Conv', [x, kernel(`${name}/conv0/filters`, false), bias(`${name}/conv0/bias`)], { strides: [2, 2], auto_pad: 'SAME_UPPER' })
        : separable(x, `${name}/conv0`, 2),
    );
    const two = separable(one, `${name}/conv1`, 1);
    const three = separable(relu(sum(one, two)), `${name}/conv2`, 1);
    const four = separable(relu(sum(one, two, three)), `${name}/conv3`, 1);
    return relu(sum(one, two, three, four));
  };
  const centred = writer.add('Sub', ['faces', writer.value('means', [3], Float32Array.from(CHANNEL_MEANS))]);
  const scaled = writer.add('Div', [centred, writer.value('scale', [1], Float32Array.of(255))]);
  const planes = writer.add('Transpose', [scaled], { perm: [0, 3, 1, 2] });
  const features = ['dense0', 'dense1', 'dense2', 'dense3'].reduce((x, name) => block(x, name, name === 'dense0'), planes);
  const flat = writer.add('Flatten', [writer.add('GlobalAveragePool', [features])]);
  const logits = writer.add('Add', [
    writer.add('MatMul', [flat, writer.value('fc/weights', weight('fc/weights').shape, weight('fc/weights').values)]),
    bias('fc/bias'),
  ]);
  writer.add('Softmax', [logits], { axis: 1 }, 'probabilities');
  const tensor = (name: string, dims: readonly (number | string)[]): object => ({
    name,
    type: { tensor_type: { elem_type: 1, shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim })) } } },
  });
  return modelProto()
    .encode({
      ir_version: 8,
      producer_name: 'AdaTosk Studio',
      graph: {
        name: 'face-api-expression',
        node: writer.nodes,
        initializer: writer.initializer,
        input: [tensor('faces', ['n', SIDE, SIDE, 3])],
        output: [tensor('probabilities', ['n', CLASSES.length])],
      },
      opset_import: [{ domain: '', version: 17 }],
    })
    .finish();
}

/** The baseline's predictions for clips of a source: mean probabilities over all frames of the same windows that `predict` uses. */
export async function predictByBaseline(
  session: ModelSession,
  source: ClipSource,
  clips: readonly number[],
  windows: number,
  onClip: (done: number) => void,
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (const [done, clip] of clips.entries()) {
    const facts = source.clips[clip]!;
    const sums = EXPRESSIONS.map((): number[] => []);
    for (const window of evenWindows(facts, windows)) {
      const data = await source.read(clip, window);
      const faces = { dims: [FRAMES_PER_CLIP, source.side, source.side, 3], data, scale: 1, offset: 0 };
      const answer = (await session.run({ faces }))['probabilities']!.data;
      answer.forEach((probability, i) => sums[CLASSES[i % CLASSES.length]!]!.push(probability));
    }
    predictions.push({ label: facts.label!, probabilities: sums.map(mean) });
    onClip(done + 1);
  }
  return predictions;
}
