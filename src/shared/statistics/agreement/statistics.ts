/** The available measures of agreement; services/exchange/agreement.ts defines each. */
export const STATISTICS = ['kappa', 'event-kappa', 'alpha', 'fleiss', 'percent', 'f1', 'icc'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Measures for any number of raters; the others are for two. */
export const MANY_RATERS: ReadonlySet<Statistic> = new Set(['alpha', 'fleiss', 'icc']);

/** Length of a unit of time in seconds, unless another one is chosen. */
export const DEFAULT_UNIT_S = 0.1;
/** Smallest share of the longer span that two spans of the same event have in common, unless another one is chosen: that of EasyDIAg and ELAN. */
export const DEFAULT_OVERLAP = 0.6;

/** Why a value or an interval is not given. */
export const UNDEFINED_REASONS = ['no-units', 'no-variation', 'few-units', 'few-videos', 'no-formula'] as const;
export type UndefinedReason = (typeof UNDEFINED_REASONS)[number];
