/**
 * Looks for known vulnerabilities of the packages that are shipped: fails for those that are high or critical. Where the registry does not
 * answer (no network, a mirror without this service), nothing is checked and nothing fails.
 *
 * Usage: audit.ts   (npm run audit:shipped)
 */
import { spawnSync } from 'node:child_process';
import { z } from 'zod';

const TIMEOUT_MS = 120_000;
const LARGEST_OUTPUT = 64 * 1024 * 1024;
const reportSchema = z.object({ auditReportVersion: z.number(), vulnerabilities: z.record(z.string(), z.object({ name: z.string(), severity: z.string() })) });

/** @param output what `npm audit --json` printed @returns packages with their severity; undefined if it is no report */
export function seriousIn(output: string): string[] | undefined {
  try {
    const serious = Object.values(reportSchema.parse(JSON.parse(output)).vulnerabilities).filter(({ severity }) => /^(?:high|critical)$/.test(severity));
    return serious.map(({ name, severity }) => `${name} (${severity})`);
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=1', '--fetch-timeout=30000'];
  const { stdout } = spawnSync('npm', args, { encoding: 'utf8', timeout: TIMEOUT_MS, shell: process.platform === 'win32', maxBuffer: LARGEST_OUTPUT });
  const serious = seriousIn(stdout);
  if (serious === undefined) process.stdout.write('npm audit: the registry gave no report; nothing was checked\n');
  else process.stdout.write(`npm audit: ${serious.length === 0 ? 'no package with a high or critical vulnerability' : serious.join(', ')}\n`);
  if (serious !== undefined && serious.length > 0) process.exitCode = 1;
}
