import { MAP_MASKS } from '../../../shared/domain/mask-maps.ts';

/** Heat maps that can be drawn on the face, in the order of the shortcut that cycles through them. */
export const HEAT_MAP_NAMES = ['none', ...MAP_MASKS] as const;
type HeatMapName = (typeof HEAT_MAP_NAMES)[number];
export const nextHeatMapName = (name: HeatMapName): HeatMapName => HEAT_MAP_NAMES[HEAT_MAP_NAMES.indexOf(name) + 1] ?? 'none';
