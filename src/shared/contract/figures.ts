import { z } from 'zod';

const figureSchema = z.object({
  label: z.string(),
  observedS: z.number(),
  seconds: z.number(),
  share: z.number().nullable(),
  count: z.int(),
  perMinute: z.number().nullable(),
  meanDurationS: z.number().nullable(),
  firstLatencyS: z.number().nullable(),
  peaks: z.int().nullable(),
  peaksPerMinute: z.number().nullable(),
  firstPeakS: z.number().nullable(),
  meanIntensity: z.number().nullable(),
  maxIntensity: z.number().nullable(),
  area: z.number().nullable(),
  measuredS: z.number(),
});
/** The figures of a participant, or of one face; one for each label in the order of `labels`. */
const groupSchema = z.object({
  /** Code of the participant; '' for a face. */
  participant: z.string(),
  /** Name of the face's video; '' for a participant. */
  video: z.string(),
  /** Number of the face; null for a participant, and if it is the only face of its video. */
  face: z.int().nullable(),
  figures: z.array(figureSchema),
});

const personSchema = z.object({
  /** Identifies the person within the video. */
  key: z.string(),
  participant: z.string(),
  face: z.int(),
});
const dyadSchema = z.object({ videoId: z.string(), video: z.string(), people: z.tuple([personSchema, personSchema]) });

/** Lagged synchrony and co-occurrence of two people of one video; defined in shared/statistics/dyads.ts. */
export const dyadFiguresSchema = z.object({
  /** One point for each lag in seconds; positive: the second person follows the first. Empty without probabilities and for short videos. */
  lags: z.array(z.object({ lagS: z.number(), r: z.number(), windows: z.int(), surrogateLow: z.number(), surrogateHigh: z.number() })),
  togetherS: z.number(),
  coOccurrences: z.array(z.object({ first: z.string(), second: z.string(), seconds: z.number(), expectedS: z.number(), ratio: z.number().nullable() })),
});
export type DyadFigures = z.infer<typeof dyadFiguresSchema>;

/** Summary of a layer for plots. The numbers are defined in shared/statistics/summaries.ts. */
export const projectFiguresSchema = z.object({
  layer: z.string(),
  labels: z.array(z.string()),
  /** Codes of all participants of the layer. */
  people: z.array(z.string()),
  /** Participants, and faces without one, who have a baseline and who have none; null without baseline spans. */
  baselines: z.object({ with: z.int(), without: z.int() }).nullable(),
  /** Pairs of people who are visible together. */
  dyads: z.array(dyadSchema),
  faces: z.int(),
  /** Each face of each video. */
  videos: z.array(groupSchema),
  /** Each participant, and each face without one. */
  participants: z.array(groupSchema),
  all: z.array(figureSchema),
  /** Number of transitions, [from][to]. */
  transitions: z.object({ labels: z.array(z.string()), counts: z.array(z.array(z.int())) }),
  curves: z.array(
    z.object({ label: z.string(), points: z.array(z.object({ atS: z.number(), mean: z.number(), error: z.number().nullable(), peaks: z.int() })) }),
  ),
  /** Types of trials and markers of these videos. */
  eventTypes: z.array(z.string()),
  /** Mean courses around the events of the chosen type; `error` is the standard error over participants. Null without probabilities. */
  events: z
    .object({
      type: z.string(),
      courses: z.array(
        z.object({ label: z.string(), points: z.array(z.object({ atS: z.number(), mean: z.number(), error: z.number().nullable(), participants: z.int() })) }),
      ),
    })
    .nullable(),
  /**
   * Share of time by condition; null with fewer than two conditions. `lines`: participants who have several conditions; `means`: of these, or of all if
   * there are none.
   */
  conditions: z
    .object({
      conditions: z.array(z.string()),
      figures: z.array(
        z.object({
          label: z.string(),
          means: z.array(z.object({ condition: z.string(), participants: z.int(), mean: z.number(), sd: z.number().nullable() })),
          lines: z.array(z.object({ participant: z.string(), values: z.array(z.number().nullable()).readonly() })),
        }),
      ),
    })
    .nullable(),
  /** Time units by label in the first layer (rows) and the second (columns); UNLABELLED is the last label. */
  confusion: z
    .object({ raters: z.array(z.string()).length(2), labels: z.array(z.string()), unitS: z.number(), counts: z.array(z.array(z.number())) })
    .nullable(),
});
export type ProjectFigures = z.infer<typeof projectFiguresSchema>;
