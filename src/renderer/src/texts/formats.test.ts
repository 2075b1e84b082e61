import { afterAll, expect, test } from 'vitest';
import { i18n } from './i18n.ts';
import { clockTime, decimal, percentage, timeOfDay } from './formats.ts';

afterAll(() => {
  i18n.global.locale.value = 'en';
});

test.each([
  ['en', ['12.3 s', '3:07', '3:07.25', '1:02:09'], '0.50', '50%'],
  ['de', ['12,3 s', '3:07', '3:07,25', '1:02:09'], '0,50', '50\u00A0%'],
] as const)('numbers and times in %s', (language, times, half, percent) => {
  i18n.global.locale.value = language;
  expect([12.3, 187, 187.25, 3729].map(clockTime)).toEqual(times);
  expect(decimal(0.5, 2)).toBe(half);
  expect(decimal(12345.6, 1)).toMatch(/^12345[.,]6$/);
  expect(percentage(0.499)).toBe(percent);
  expect(timeOfDay(new Date(2026, 0, 2, 14, 5, 9))).toBe('14:05:09');
});
