import { describe, expect, test } from 'vitest';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import type { ActionUnit } from '../face/action-units.ts';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { activationIndex, SHOWN_UNITS } from '../face/action-units.ts';
import { Draw } from '../random/draw.ts';
import type { ClipPlan } from './clip-plan.ts';
import { planClip, UNMIXED } from './clip-plan.ts';
import { DISPLAY_VARIANTS, SOURCES } from './display-variants.ts';
import { levelAt, sharesAt, stateAt } from './expression-sequence.ts';
import { plannedClip } from './set.ts';
import { drawMovements, drawVariedEpisode, drawVariedTimes } from './varied-displays.ts';

const draws = (name: string): Draw => new Draw(randomStream(7, name));
const names = ['canada/000', 'canada/001'];
const planned = (displays: number, i: number, label = EXPRESSIONS[i % EXPRESSIONS.length]!): ClipPlan =>
  planClip(3, `clip ${i}`, label, names, 'usual', { ...UNMIXED, displays });
const EVERY = Array.from({ length: 140 }, (_, i) => i);

describe('the variants of a display', () => {
  test.each(EXPRESSIONS)('of %s are many, all different, and made of units that the face model can show', (label) => {
    const variants = DISPLAY_VARIANTS[label];
    expect(variants.length).toBeGreaterThanOrEqual(12);
    expect(new Set(variants.map((each) => JSON.stringify(each))).size).toBe(variants.length);
    for (const { units, optional = {}, oneSided = [], postures = [], source } of variants) {
      expect(Object.keys(SOURCES)).toContain(source);
      expect(Object.keys(units).length + postures.length).toBeGreaterThan(0);
      // A movement of head and eyes alone is no expression.
      if (label !== 'neutral') expect(Object.keys(units).length).toBeGreaterThan(0);
      for (const [unit, [low, high]] of Object.entries({ ...units, ...optional })) {
        expect(SHOWN_UNITS).toContain(Number(unit) as ActionUnit);
        expect([low >= 0.2, low < high, high <= 1.2]).toEqual([true, true, true]);
      }
      for (const unit of oneSided) expect({ ...units, ...optional }).toHaveProperty(String(unit));
    }
  });

  test('of two classes are never the same units', () => {
    const units = EXPRESSIONS.map(
      (label) => new Set(DISPLAY_VARIANTS[label].filter(({ oneSided }) => !oneSided).map((each) => Object.keys(each.units).join())),
    );
    for (const [i, some] of units.entries())
      for (const others of units.slice(i + 1)) expect([...some].filter((each) => each !== '' && others.has(each))).toEqual([]);
  });
});

describe('a varied display', () => {
  test('is strongest at the apex and absent before the onset and after the offset, with every course', () => {
    for (const i of EVERY) {
      const label = EXPRESSIONS[i % EXPRESSIONS.length]!;
      const draw = draws(`episode ${i}`);
      const episode = drawVariedEpisode(draw, label, 1, drawVariedTimes(draw, label, i % 2 === 0));
      expect(levelAt(episode, episode.apexS)).toBeCloseTo(1, 9);
      expect([levelAt(episode, 1), levelAt(episode, episode.offsetS)]).toEqual([0, 0]);
      for (let t = 0.9; t < episode.offsetS; t += 0.05) expect(levelAt(episode, t)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test('in two steps has its later units only in the later part of the rise, and all at the apex', () => {
    const episodes = EVERY.map((i) => drawVariedEpisode(draws(`steps ${i}`), 'fear', 0, { rise: 1, beforeApex: 0.2, afterApex: 0.2, fall: 0.5 }));
    const stepped = episodes.filter(({ course }) => course?.second);
    expect(stepped.length).toBeGreaterThan(10);
    for (const episode of stepped) {
      const at = (seconds: number): Float32Array =>
        stateAt({ ...planned(0, 0, 'neutral').expressions, distractors: QUIET, episodes: [episode] }, seconds).activation;
      const { units, from } = episode.course!.second!;
      const total = (of: Float32Array): number => units.reduce((sum, unit) => sum + of[activationIndex(unit, 0)]! + of[activationIndex(unit, 1)]!, 0);
      expect(total(at(from))).toBeLessThan(0.01);
      expect(total(at(episode.apexS + 0.1))).toBeGreaterThan(0.1);
    }
  });

  test('on one side of the face stays on that side', () => {
    const contempt = EVERY.map((i) => drawVariedEpisode(draws(`side ${i}`), 'neutral', 0, { rise: 0.2, beforeApex: 0.2, afterApex: 0.2, fall: 0.5 })).filter(
      ({ units }) => Object.keys(units).join() === '14',
    );
    expect(contempt.length).toBeGreaterThan(0);
    for (const { course } of contempt) if (course!.uneven[14]) expect(Math.min(...course!.uneven[14])).toBeLessThan(0.31);
  });

  test('keeps the truth of its class, and movements of a neutral face are no expression', () => {
    for (const i of EVERY) {
      const { label, expressions } = planned(1, i);
      for (let t = 0; t < expressions.durationS; t += 0.1) {
        const shares = sharesAt(expressions, t);
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
        shares.forEach((share, c) => share > 0 && expect([label, 'neutral']).toContain(EXPRESSIONS[c]));
      }
      expect(expressions.episodes.filter((each) => each.label !== 'neutral').map((each) => each.label)).toEqual(label === 'neutral' ? [] : [label]);
    }
    expect(drawMovements(draws('movements'), 'neutral', 2).every(({ label }) => label === 'neutral')).toBe(true);
  });
});

describe('the option for varied displays', () => {
  test('changes only what the face does: person, picture and scene stay', () => {
    for (const i of EVERY) {
      const [usual, varied] = [planned(0, i), planned(1, i)];
      expect({ ...varied, expressions: usual.expressions }).toEqual(usual);
      expect(usual.expressions.episodes.every(({ course }) => course === undefined)).toBe(true);
      expect(varied.expressions).not.toEqual(usual.expressions);
      expect(planned(1, i)).toEqual(varied);
    }
  });

  test('is a chance for training clips, and the condition of that name is for all splits', () => {
    const varied = EVERY.filter((i) => planned(0.5, i, 'fear').expressions.episodes.some(({ course }) => course !== undefined));
    expect(varied.length).toBeGreaterThan(50);
    expect(varied.length).toBeLessThan(90);
    const options = { classes: EXPRESSIONS, condition: 'displays', mixing: UNMIXED } as const;
    for (const split of SPLITS) {
      const { name, label, condition, mixing } = plannedClip(options, split, names, 1);
      const { expressions } = planClip(3, name, label, names, condition, mixing);
      expect(expressions.episodes[0]!.course).toBeDefined();
    }
    const own = { ...options, condition: 'usual', mixing: { ...UNMIXED, displays: 1 } } as const;
    expect(SPLITS.map((split) => plannedClip(own, split, names, 1).mixing.displays)).toEqual(SPLITS.map((split) => (split === 'train' ? 1 : 0)));
  });

  test('has the same recording conditions as the usual condition', () => {
    expect(planClip(3, 'a', 'fear', names, 'displays')).toEqual(planClip(3, 'a', 'fear', names, 'usual', { ...UNMIXED, displays: 1 }));
  });

  test('does not change the units in the truth', () => {
    expect(SHOWN_UNITS.slice(0, ACTION_UNITS.length)).toEqual(ACTION_UNITS);
  });
});

const QUIET: ClipPlan['expressions']['distractors'] = {
  habits: {},
  blinks: [],
  speech: [],
  gaze: [{ from: -1, x: 0, y: 0 }],
  head: { yaw: [], pitch: [], roll: [], shiftX: [], shiftY: [] },
  rest: { yaw: 0, pitch: 0, roll: 0 },
};
