/** Measures of agreement that can be asked for; services/agreement.ts defines each. */
export const STATISTICS = ['kappa', 'event-kappa', 'alpha', 'fleiss', 'percent', 'f1', 'icc'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Measures of any number of raters; the others are of two. */
export const MANY_RATERS: ReadonlySet<Statistic> = new Set(['alpha', 'fleiss', 'icc']);
