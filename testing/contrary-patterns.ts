/** Moving patterns with wrong labels. A network that learns the correct labels gets worse on them, so that training stops early. */
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { ClipSource } from '../src/main/training/data/clip-source.ts';
import { openClipSource as openPatterns } from '../bench/moving-patterns.ts';

export async function openClipSource(options: unknown): Promise<ClipSource> {
  const source = await openPatterns(options);
  return { ...source, clips: source.clips.map((clip) => ({ ...clip, label: (clip.label! + 1) % EXPRESSIONS.length })) };
}
