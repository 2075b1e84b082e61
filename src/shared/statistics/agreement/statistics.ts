/** The available measures of agreement; services/agreement.ts defines each. */
export const STATISTICS = ['kappa', 'event-kappa', 'alpha', 'fleiss', 'percent', 'f1', 'icc'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Measures for any number of raters; the others are for two. */
export const MANY_RATERS: ReadonlySet<Statistic> = new Set(['alpha', 'fleiss', 'icc']);
