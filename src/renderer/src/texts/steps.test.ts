import { expect, test } from 'vitest';
import type { StepName } from './steps.ts';
import { readStep, stepLabel, STEPS } from './steps.ts';
import { de } from './de.ts';
import { en } from './en.ts';

const VALUES = { label: 'fear of peak of as', to: 'calm 2', count: '12' };

test.each(Object.keys(STEPS) as StepName[])('the step %s is read as what was written, with its labels whatever they are called', (name) => {
  const asked = [...STEPS[name].matchAll(/\{(\w+)\}/g)].map(([, key]) => key as keyof typeof VALUES);
  const values = Object.fromEntries(asked.map((key) => [key, VALUES[key]]));
  expect(readStep(stepLabel(name, values))).toEqual({ name, values });
});

test('what no step is called stays as it is', () => {
  expect(readStep('Tidy up')).toBeNull();
});

test('every language says a step with the same labels and numbers', () => {
  const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();
  for (const [name, text] of Object.entries(STEPS)) {
    expect(en.steps[name as StepName]).toBe(text);
    expect(holes(de.steps[name as StepName]), name).toEqual(holes(text));
  }
});
