import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { ensureModelFile, findModel, listModels, modelsFolder } from '../../adatosk/runtime/models.ts';
import type { ProviderFinding } from '../../adatosk/runtime/providers.ts';
import { examineProviders } from '../../adatosk/runtime/providers.ts';
import { hashFile } from '../../media/content-hash.ts';
import { findProgram, programVersion } from '../../media/programs.ts';
import type { ProgramName } from '../../media/programs.ts';
import { detectorFiles, DETECTORS } from '../../face/detector-files.ts';
import { openProject } from '../../project/store/open-project.ts';
import { toFact } from '../../../shared/app/errors.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { temporaryFolder } from '../../process/private-files.ts';

export interface ProgramFinding {
  readonly path: string | null;
  readonly version: string | null;
  /** Where it was found: a variable, a package or 'PATH'; '' if it was not found. */
  readonly origin: string;
  /** Why it cannot be used; null if it can. */
  readonly problem: Fact | null;
}

export interface ModelFinding {
  readonly id: string;
  readonly sha256: string;
  readonly ok: boolean;
  readonly trained: boolean;
  readonly note: Fact;
}

export interface StoreFinding {
  readonly ok: boolean;
  /** Version and settings of SQLite, or the error. */
  readonly note: Fact;
}

export interface Findings {
  readonly node: string;
  readonly platform: string;
  readonly ffmpeg: ProgramFinding;
  readonly ffprobe: ProgramFinding;
  readonly providers: readonly ProviderFinding[];
  readonly models: readonly ModelFinding[];
  readonly store: StoreFinding;
}

/** Checks everything that an analysis needs on this computer. */
export async function examineComputer(start: EngineStarter, defaultModel: string): Promise<Findings> {
  const model = await findModel(defaultModel);
  await ensureModelFile(model);
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    ffmpeg: await examineProgram('ffmpeg'),
    ffprobe: await examineProgram('ffprobe'),
    providers: await examineProviders(start, model),
    models: await examineModels(),
    store: await examineStore(),
  };
}

async function examineProgram(name: ProgramName): Promise<ProgramFinding> {
  try {
    const program = await findProgram(name);
    return { path: program.path, version: await programVersion(program), origin: program.origin, problem: null };
  } catch (error) {
    return { path: null, version: null, origin: '', problem: toFact(error) };
  }
}

/** Creates and removes a test project. */
async function examineStore(): Promise<StoreFinding> {
  const folder = temporaryFolder('doctor');
  try {
    const { state, db, close } = await openProject(folder, { create: true });
    const [journal, synchronous] = [String(db.pragma('journal_mode')), db.pragma('synchronous') === 2 ? 'FULL' : 'EXTRA'];
    close();
    return { ok: true, note: notice('check/store', { version: state.sqlite, journal, synchronous }) };
  } catch (error) {
    return { ok: false, note: toFact(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examineModels(): Promise<ModelFinding[]> {
  const findings: ModelFinding[] = [];
  for (const model of await listModels()) {
    const { id, sha256, trained, seed } = model.manifest;
    if (!existsSync(model.file) && seed !== undefined) {
      findings.push({ id, sha256, ok: true, trained, note: notice('check/model-not-drawn', {}) });
      continue;
    }
    const problem = await ensureModelFile(model).then(
      () => undefined,
      (error: unknown) => toFact(error),
    );
    findings.push({ id, sha256, ok: problem === undefined, trained, note: problem ?? notice(trained ? 'check/model' : 'check/model-untrained', {}) });
  }
  for (const { id, use, sha256 } of DETECTORS) {
    const found = await hashFile(detectorFiles(modelsFolder())[use]).catch(() => 'missing');
    const ok = found === sha256;
    findings.push({
      id,
      sha256: found,
      ok,
      trained: true,
      note: notice(ok ? 'check/detector' : 'check/other-detector', {}),
    });
  }
  return findings;
}
