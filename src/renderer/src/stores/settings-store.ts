import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { z } from 'zod';
import type { ActionId } from '../../../shared/app/actions.ts';
import { ACTIONS } from '../../../shared/app/actions.ts';
import { desktop } from '../api/api.ts';
import { HEATS } from './heat-map-names.ts';
import { TRACK_NAMES } from './tracks.ts';
import { i18n, LANGUAGES } from '../texts/i18n.ts';

/** What a person has chosen in this window; it stays on this computer. Unknown values fall back to the usual ones. */
const settingsSchema = z.object({
  language: z.enum(LANGUAGES).catch(navigator.language.startsWith('de') ? 'de' : 'en'),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** Keys that differ from the usual ones, by action; '' for none. */
  keys: z.record(z.string(), z.string()).catch({}),
  tracks: z.array(z.object({ name: z.enum(TRACK_NAMES), shown: z.boolean(), height: z.number().min(0.25).max(4) })).catch([]),
  heat: z.enum(HEATS).catch('none'),
  heatOpacity: z.number().min(0).max(1).catch(0.55),
  model: z.string().catch(''),
  device: z.enum(['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu']).catch('auto'),
});
export type Settings = z.infer<typeof settingsSchema>;

const KEPT = 'adatosk.settings';

function read(): Settings {
  try {
    return settingsSchema.parse(JSON.parse(localStorage.getItem(KEPT) ?? '{}'));
  } catch {
    return settingsSchema.parse({});
  }
}

export const useSettings = defineStore('settings', () => {
  const settings = ref(read());
  const darkness = window.matchMedia('(prefers-color-scheme: dark)');
  const isSystemDark = ref(darkness.matches);
  darkness.addEventListener('change', ({ matches }) => (isSystemDark.value = matches));
  const isDark = computed(() => (settings.value.theme === 'system' ? isSystemDark.value : settings.value.theme === 'dark'));

  watch(settings, (value) => localStorage.setItem(KEPT, JSON.stringify(value)), { deep: true });
  watch(
    () => settings.value.theme,
    (theme) => (document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme),
    { immediate: true },
  );
  watch(
    () => settings.value.language,
    (language) => {
      i18n.global.locale.value = language;
      document.documentElement.lang = language;
      desktop?.setLanguage(language);
    },
    { immediate: true },
  );

  /** Tracks in the person's order; those that nobody has said anything about stand at the end. */
  const tracks = computed({
    get: () => {
      const known = settings.value.tracks.filter(({ name }, i, all) => all.findIndex((each) => each.name === name) === i);
      const rest = TRACK_NAMES.filter((name) => !known.some((each) => each.name === name));
      return [...known, ...rest.map((name) => ({ name, shown: name !== 'confidence' && name !== 'similarity', height: 1 }))];
    },
    set: (value) => (settings.value.tracks = value),
  });

  /** The key of an action, undefined for none. */
  function keyOf(id: ActionId): string | undefined {
    const chosen = settings.value.keys[id] ?? ACTIONS.find((action) => action.id === id)?.key;
    return chosen === '' ? undefined : chosen;
  }
  const actionByKey = computed(() => new Map(ACTIONS.flatMap(({ id }) => (keyOf(id) === undefined ? [] : [[keyOf(id)!, id]]))));

  /** Gives an action another key ('' none). @returns the action that has the key already; then nothing is changed */
  function setKey(id: ActionId, key: string): ActionId | null {
    const other = key === '' ? undefined : actionByKey.value.get(key);
    if (other !== undefined && other !== id) return other;
    settings.value.keys = { ...settings.value.keys, [id]: key };
    return null;
  }

  return { settings, isDark, tracks, keyOf, actionByKey, setKey, resetKeys: () => (settings.value.keys = {}) };
});
