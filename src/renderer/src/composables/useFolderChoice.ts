import type { Ref } from 'vue';
import { ref } from 'vue';
import { desktop } from '../api/api.ts';

/**
 * Lets the person choose a folder: on the desktop in the system's dialog, in a browser in FolderDialog, which the component shows
 * while `isChoosing` and whose result it passes to `take`.
 */
export function useFolderChoice(
  title: () => string,
  onChosen: (folder: string) => Promise<void>,
): { isChoosing: Ref<boolean>; choose: () => Promise<void>; take: (folders: readonly string[]) => Promise<void> } {
  const isChoosing = ref(false);
  async function take([folder]: readonly string[]): Promise<void> {
    isChoosing.value = false;
    if (folder !== undefined) await onChosen(folder);
  }
  async function choose(): Promise<void> {
    if (desktop === undefined) isChoosing.value = true;
    else await take(await desktop.chooseFolder(title()));
  }
  return { isChoosing, choose, take };
}
