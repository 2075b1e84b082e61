/** Helpers for component tests: the window's components in a document of happy-dom, connected to the real program with a project of version 0.1. */
import { createRouterClient } from '@orpc/server';
import { mount, TeleportStub } from '@vue/test-utils';
import type { ComponentMountingOptions, VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Component } from 'vue';
import { nextTick } from 'vue';
import { router } from '../src/main/services/api/router.ts';
import { CHILD_PROCESSES } from '../src/main/services/studio/processes.ts';
import { Studio } from '../src/main/services/studio/studio.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/project-0.1/project.adatosk', import.meta.url));

/** Opens a copy of the fixture in a studio. Both are closed and deleted after the tests of the file. */
export async function openFixture(): Promise<{ studio: Studio; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'adatosk-window-'));
  await cp(FIXTURE, join(folder, 'project.adatosk'));
  const studio = new Studio({ host: 'web', ...CHILD_PROCESSES });
  await studio.openProject(folder, false);
  afterAll(async () => {
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { studio, folder };
}

/** A client of the contract without a network, for `vi.mock` of the window's api module. */
export function clientOf(studio: () => Studio): unknown {
  return new Proxy(
    {},
    {
      get: (_, topic: string) =>
        (createRouterClient(router, { context: { studio: studio(), onFault: (procedure, error) => console.error(procedure, error) } }) as never)[topic],
    },
  );
}

/** Mounts a component with the window's stores and texts. */
export async function mountInWindow<C extends Component>(component: C, options: ComponentMountingOptions<C> = {}): Promise<VueWrapper> {
  const { i18n } = await import('../src/renderer/src/texts/i18n.ts');
  // What the component library draws at the end of the page stays in the wrapper, where a test finds it.
  const global = { plugins: [i18n], stubs: { Teleport: TeleportStub } };
  const wrapper = mount(component as never, { ...options, global, attachTo: document.body } as never) as unknown as VueWrapper;
  await nextTick();
  return wrapper;
}

/** Replaces all stores by new ones. */
export function resetStores(): void {
  setActivePinia(createPinia());
}

/** Opens the fixture's video with Ann as the coder, in new stores and in English. */
export async function openVideoAsAnn(): Promise<void> {
  const [{ i18n }, { useProject }, { useReview }] = await Promise.all([
    import('../src/renderer/src/texts/i18n.ts'),
    import('../src/renderer/src/stores/project-store.ts'),
    import('../src/renderer/src/stores/review-store.ts'),
  ]);
  i18n.global.locale.value = 'en';
  resetStores();
  localStorage.clear();
  const project = useProject();
  void project.listen();
  await until(() => project.videos.length > 0);
  const review = useReview();
  await review.setCoder('Ann');
  await review.open(project.videos[0]!.id);
  await until(() => review.layers.length > 0);
}

/** Waits until a condition is true, at most 10 s. Tests use it for responses of the program instead of fixed delays. */
export async function until(condition: () => unknown): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it never became true: ${String(condition)}`);
}
