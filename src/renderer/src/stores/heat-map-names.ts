import { MAP_MASKS } from '../../../shared/domain/mask-maps.ts';

/** What can lie on the face, in the order in which a key goes through it. */
export const HEATS = ['none', ...MAP_MASKS] as const;
type Heat = (typeof HEATS)[number];
export const heatAfter = (heat: Heat): Heat => HEATS[(HEATS.indexOf(heat) + 1) % HEATS.length]!;
