import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { z } from 'zod';
import type { ActionId } from '../../../shared/app/actions.ts';
import { FURTHER_KEYS, keysOfActions } from '../../../shared/app/actions.ts';
import { desktop } from '../api/api.ts';
import { HEAT_MAP_NAMES } from './heat-map-names.ts';
import type { TrackName } from './tracks.ts';
import { TRACK_NAMES } from './tracks.ts';
import { i18n, LANGUAGES } from '../texts/i18n.ts';

/** Settings of this window, stored on this computer. Invalid values are replaced by the defaults. */
const settingsSchema = z.object({
  language: z.enum(LANGUAGES).catch(navigator.language.startsWith('de') ? 'de' : 'en'),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** Shortcuts that differ from the defaults, by action; '' for none. */
  keys: z.record(z.string(), z.string()).catch({}),
  tracks: z.array(z.object({ name: z.enum(TRACK_NAMES), shown: z.boolean(), height: z.number().min(0.25).max(4) })).catch([]),
  /** Whether videos play without sound. */
  isMuted: z.boolean().catch(false),
  /** Of the sound, 0 to 1. */
  volume: z.number().min(0).max(1).catch(1),
  /** Whether J, K and L play, as in video editors. */
  hasTransportKeys: z.boolean().catch(false),
  /** How the probabilities are drawn. */
  probabilities: z.enum(['ribbons', 'lines']).catch('ribbons'),
  heat: z.enum(HEAT_MAP_NAMES).catch('final'),
  heatOpacity: z.number().min(0).max(1).catch(0.55),
  /** Whether the marks that explain the review were shown. */
  hasSeenIntroduction: z.boolean().catch(false),
  model: z.string().catch(''),
  device: z.enum(['auto', 'cpu', 'cpu-int8', 'cuda', 'dml', 'coreml', 'webgpu']).catch('auto'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Tracks that a person switches on. The lane of trials is also shown for a video that has trials. */
const HIDDEN_AT_FIRST: ReadonlySet<TrackName> = new Set<TrackName>(['confidence', 'similarity', 'units', 'pose', 'doubt', 'trials']);
/** In a lower window, the lane of pictures would take the place of the charts. */
const PICTURES_FROM_PIXELS = 1000;
const isShownAtFirst = (name: TrackName): boolean => (name === 'thumbnails' ? window.innerHeight >= PICTURES_FROM_PIXELS : !HIDDEN_AT_FIRST.has(name));

const STORAGE_KEY = 'adatosk.settings';

function read(): Settings {
  try {
    return settingsSchema.parse(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}'));
  } catch {
    return settingsSchema.parse({});
  }
}

export const useSettings = defineStore('settings', () => {
  const settings = ref(read());
  const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');
  const isSystemDark = ref(darkScheme.matches);
  darkScheme.addEventListener('change', ({ matches }) => (isSystemDark.value = matches));
  const isDark = computed(() => (settings.value.theme === 'system' ? isSystemDark.value : settings.value.theme === 'dark'));

  watch(settings, (value) => localStorage.setItem(STORAGE_KEY, JSON.stringify(value)), { deep: true });
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

  /** Tracks in the stored order. Tracks without a stored setting come last. */
  const tracks = computed({
    get: () => {
      const known = settings.value.tracks.filter(({ name }, i, all) => all.findIndex((each) => each.name === name) === i);
      const rest = TRACK_NAMES.filter((name) => !known.some((each) => each.name === name));
      return [...known, ...rest.map((name) => ({ name, shown: isShownAtFirst(name), height: 1 }))];
    },
    set: (value) => (settings.value.tracks = value),
  });

  const keys = computed(() => keysOfActions(settings.value.keys, settings.value.hasTransportKeys));
  /** The key of an action, undefined for none. */
  const keyOf = (id: ActionId): string | undefined => keys.value.get(id);
  const actionByKey = computed(
    () => new Map<string, ActionId>([...Object.entries(FURTHER_KEYS), ...[...keys.value].map(([id, key]): [string, ActionId] => [key, id])]),
  );

  /** Sets the key of an action ('' for none). @returns the action that already has the key; nothing is changed in that case */
  function setKey(id: ActionId, key: string): ActionId | null {
    const other = key === '' ? undefined : actionByKey.value.get(key);
    if (other !== undefined && other !== id) return other;
    settings.value.keys = { ...settings.value.keys, [id]: key };
    return null;
  }

  return { settings, isDark, tracks, keyOf, actionByKey, setKey, resetKeys: () => (settings.value.keys = {}) };
});
