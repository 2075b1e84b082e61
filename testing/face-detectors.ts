/** The shipped face detectors in this process, and the faces that they find in a video. */
import * as ort from '../src/main/adatosk/runtime/onnxruntime.ts';
import { modelsFolder } from '../src/main/adatosk/runtime/models.ts';
import type { DetectorSessions } from '../src/main/face/detector.ts';
import { detectorFiles } from '../src/main/face/detector-files.ts';
import type { FaceObservation } from '../src/main/face/face-observer.ts';
import { DEFAULT_FACE_OPTIONS, FaceObserver } from '../src/main/face/face-observer.ts';
import { probeVideo } from '../src/main/media/probe.ts';
import { sampleFrames } from '../src/main/media/sampled-frames.ts';
import type { ModelSession } from '../src/shared/domain/model-session.ts';
import { SamplingGrid } from '../src/shared/domain/time.ts';

export const CROP_SIDE = 64;

export async function openDetectors(): Promise<DetectorSessions> {
  const files = detectorFiles(modelsFolder());
  return { search: await openDetector(files.search), near: await openDetector(files.near) };
}

async function openDetector(file: string): Promise<ModelSession> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
  return {
    run: async (feeds) => {
      const inputs: Record<string, ort.Tensor> = {};
      for (const [name, feed] of Object.entries(feeds)) {
        const data = 'scale' in feed ? Float32Array.from(feed.data, (value) => value * feed.scale + feed.offset) : feed.data;
        inputs[name] = new ort.Tensor('float32', data, feed.dims);
      }
      const outputs = await session.run(inputs);
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, { dims: tensor.dims, data: tensor.data as Float32Array }]));
    },
  };
}

/** All observations of a video, at 10 samples a second. */
export async function observeFaces(detectors: DetectorSessions, path: string): Promise<{ observations: FaceObservation[]; grid: SamplingGrid }> {
  const video = await probeVideo(path);
  const grid = new SamplingGrid(video.timing, 10);
  const observer = new FaceObserver(detectors, video.stream, 10, CROP_SIDE, DEFAULT_FACE_OPTIONS);
  const observations: FaceObservation[] = [];
  for await (const frame of sampleFrames(video, grid)) observations.push(...(await observer.see(frame)).observations);
  observations.push(...(await observer.finish()));
  return { observations, grid };
}
