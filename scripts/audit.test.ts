import { expect, test } from 'vitest';
import { seriousIn } from './audit.ts';

const report = (...severities: string[]): string =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(severities.map((severity, i) => [`p${i}`, { name: `p${i}`, severity }])),
  });

test.each([
  [report('low', 'high', 'moderate', 'critical'), ['p1 (high)', 'p3 (critical)']],
  [report('low', 'moderate'), []],
  [report(), []],
  // What npm prints when the registry does not answer, or has no such service.
  ['{"message":"request to https://registry.example failed","error":{"summary":"","detail":""}}', undefined],
  ['', undefined],
  ['npm error', undefined],
])('%s', (output, expected) => {
  expect(seriousIn(output)).toEqual(expected);
});
