import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { factSchema } from '../app/facts.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';
import { idSchema, pathSchema, procedure } from './base.ts';
import { studioEventSchema } from './events.ts';

/** What is known of the open project, for the title and the status bar. */
export const projectStateSchema = z.object({
  folder: z.string(),
  name: z.string(),
  sqlite: z.string(),
  /** 'safe' on network shares, where write-ahead logs do not work. */
  journal: z.enum(['wal', 'safe']),
  clock: z.int(),
});

/** One line of the library; revision is what an edit of it names. */
export const libraryVideoSchema = z.object({
  ...{ id: z.string(), path: z.string(), name: z.string(), participant: z.string().nullable(), session: z.string().nullable() },
  ...{ durationS: z.number().nullable(), review: z.enum(['new', 'in_review', 'done']), isMissing: z.boolean(), revision: z.int() },
  /** Of the newest run that saw the video; null where none has. */
  analysed: z
    .object({
      ...{ run: z.string(), status: z.enum(['done', 'failed', 'cancelled']) },
      ...{ failure: factSchema.nullable(), warnings: z.array(factSchema) },
      ...{ faces: z.number().nullable(), faceShare: z.number().nullable() },
      /** Peaks of each class, in the order of EXPRESSIONS. */
      peaks: z.array(z.number()).length(EXPRESSIONS.length),
    })
    .nullable(),
});

export type LibraryVideo = z.infer<typeof libraryVideoSchema>;

const found = z.object({ added: z.int(), known: z.int() });

export const about = {
  program: procedure.output(
    z.object({
      ...{ version: z.string(), host: z.enum(['desktop', 'web']), runtime: z.record(z.string(), z.string()), project: projectStateSchema.nullable() },
      /** Where this program writes beside the project: settings and models, and proxies for playing. */
      places: z.object({ settings: z.string(), cache: z.string() }),
    }),
  ),
  /** The same examination as `adatosk doctor`; it takes some seconds. */
  computer: procedure.output(
    z.object({
      /** The first line that the program prints of its version, or why it cannot be used. */
      ...{ ffmpeg: z.union([z.string(), factSchema]), ffprobe: z.union([z.string(), factSchema]) },
      store: factSchema,
      providers: z.array(z.object({ name: z.string(), available: z.boolean(), reason: factSchema })),
      models: z.array(z.object({ id: z.string(), ok: z.boolean(), trained: z.boolean(), note: factSchema })),
    }),
  ),
  models: procedure.output(
    z.array(z.object({ id: z.string(), name: z.string(), trained: z.boolean(), warnings: z.array(factSchema), tokenBudget: z.number(), card: z.string() })),
  ),
};

export const project = {
  open: procedure.input(z.object({ folder: pathSchema, create: z.boolean().default(false) })).output(projectStateSchema),
  /** A project with the sample videos that come along, analysed at its first opening. */
  openExample: procedure.output(projectStateSchema),
  /** Projects that were opened on this computer, the last one first. */
  recent: procedure.output(z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.string() }))),
  /** Backups of a project, newest first; the project need not be open, nor be good. */
  backups: procedure
    .input(z.object({ folder: pathSchema }))
    .output(z.array(z.object({ name: z.string(), madeAt: z.string(), reason: z.string(), bytes: z.number() }))),
  /**
   * Puts a backup in the project's place, and opens it: the named one, or the newest good one of a damaged project. The
   * file that was there stays beside it as `kept`.
   */
  restore: procedure
    .input(z.object({ folder: pathSchema, backup: z.string().max(200).optional() }))
    .output(z.object({ backup: z.string(), kept: z.string(), state: projectStateSchema })),
  state: procedure.output(projectStateSchema.nullable()),
  close: procedure,
  /** Everything that happens from now on, until the window goes. */
  events: procedure.output(eventIterator(studioEventSchema)),
};

export const library = {
  list: procedure.output(z.array(libraryVideoSchema)),
  /** Folders below a folder (a person's own unless said), for choosing one where there is no dialog of the desktop's. */
  browse: procedure.input(z.object({ folder: pathSchema.optional() })).output(
    z.object({
      folder: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), path: z.string(), isProject: z.boolean() })),
      /** Videos in the folder itself. */
      videos: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Files in it that labels can be read from. */
      labels: z.array(z.object({ name: z.string(), path: z.string() })),
      isProject: z.boolean(),
    }),
  ),
  /** Adds videos, and those in folders, without analysing them. */
  add: procedure.input(z.object({ paths: z.array(pathSchema).min(1).max(10_000) })).output(found),
  /** Looks for all files; marks those that are gone, and finds moved ones by their contents below `folders`. */
  look: procedure.input(z.object({ folders: z.array(pathSchema).max(1000).default([]) })).output(z.object({ missing: z.int(), relinked: z.int() })),
  /** Says of a folder whether new videos in it are analysed by themselves. */
  watch: procedure.input(z.object({ folder: pathSchema, watched: z.boolean() })),
  folders: procedure.output(
    z.array(
      /** isHeld: watched on another computer; nothing in it is analysed until the person starts it. */
      z.object({ id: z.string(), path: z.string(), watched: z.boolean(), isHeld: z.boolean() }),
    ),
  ),
  /** Where a window plays a video: an address below its own origin. Not playable yet: prepare makes a proxy of it. */
  media: procedure
    .input(z.object({ video: idSchema }))
    .output(z.object({ address: z.string(), playable: z.boolean(), proxy: z.boolean(), reason: factSchema.nullable() })),
  prepare: procedure.input(z.object({ video: idSchema })),
  /** Lowest and highest of the sound for every hundredth of a second, [points, 2] int8; empty where there is none. */
  sound: procedure.input(z.object({ video: idSchema })).output(z.instanceof(Blob)),
  /** Presentation times of all frames in seconds, [frames] float64, little-endian. */
  times: procedure.input(z.object({ video: idSchema })).output(z.instanceof(Blob)),
};
