import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { limitedList } from '../basics/limited-input.ts';
import { factSchema } from '../app/facts.ts';
import { EXPRESSIONS } from '../domain/expressions.ts';
import { idSchema, pathSchema, procedure } from './base.ts';
import { studioEventSchema } from './events.ts';

/** State of the open project, for the title and the status bar. */
export const projectStateSchema = z.object({
  folder: z.string(),
  name: z.string(),
  sqlite: z.string(),
  /** 'safe' on network shares, where write-ahead logs do not work. */
  journal: z.enum(['wal', 'safe']),
  clock: z.int(),
});

/** One row of the library. An edit of the video must name its `revision`. */
export const libraryVideoSchema = z.object({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  participant: z.string().nullable(),
  /** Codes of the participants to whom single faces of the video are assigned, sorted. */
  faceParticipants: z.array(z.string()),
  session: z.string().nullable(),
  /** The condition of this video; '' if that of its session or participant applies. */
  condition: z.string(),
  durationS: z.number().nullable(),
  review: z.enum(['new', 'in_review', 'done']),
  isMissing: z.boolean(),
  revision: z.int(),
  /** Results of the newest run with this video; null if there is none. */
  analysed: z
    .object({
      run: z.string(),
      status: z.enum(['done', 'failed', 'cancelled']),
      failure: factSchema.nullable(),
      warnings: z.array(factSchema),
      faces: z.number().nullable(),
      faceShare: z.number().nullable(),
      /** Peaks of each class, in the order of EXPRESSIONS. */
      peaks: z.array(z.number()).length(EXPRESSIONS.length),
    })
    .nullable(),
});

export type LibraryVideo = z.infer<typeof libraryVideoSchema>;

/** problems: why files were not added, for example links to nothing. */
const addedVideos = z.object({ added: z.int(), known: z.int(), problems: z.array(factSchema) });

export const about = {
  program: procedure.output(
    z.object({
      version: z.string(),
      host: z.enum(['desktop', 'web']),
      runtime: z.record(z.string(), z.string()),
      project: projectStateSchema.nullable(),
      /** Folders that the program writes to outside the project: settings and models; cache with proxies for playback. */
      places: z.object({ settings: z.string(), cache: z.string() }),
    }),
  ),
  /** The same checks as `adatosk doctor`; takes some seconds. */
  computer: procedure.output(
    z.object({
      /** The first line of the program's version output, or why it cannot be used. */
      ffmpeg: z.union([z.string(), factSchema]),
      ffprobe: z.union([z.string(), factSchema]),
      store: factSchema,
      providers: z.array(z.object({ name: z.string(), available: z.boolean(), reason: factSchema })),
      models: z.array(z.object({ id: z.string(), ok: z.boolean(), trained: z.boolean(), note: factSchema })),
    }),
  ),
  /** What a report of a problem needs, as a text without paths and names of people. It takes as long as `computer`. */
  diagnostics: procedure.output(z.object({ text: z.string() })),
  /** Saves this text, which the person has read, as a new file in a folder. */
  saveDiagnostics: procedure.input(z.object({ folder: pathSchema, text: z.string().min(1).max(1_000_000) })).output(z.object({ file: z.string() })),
  models: procedure.output(
    z.array(z.object({ id: z.string(), name: z.string(), trained: z.boolean(), warnings: z.array(factSchema), tokenBudget: z.number(), card: z.string() })),
  ),
};

export const project = {
  open: procedure.input(z.object({ folder: pathSchema, create: z.boolean().default(false) })).output(projectStateSchema),
  /** Opens a project with the included sample videos and their analysis. If it is of another model, they are analysed. */
  openExample: procedure.output(projectStateSchema),
  /** Projects opened on this computer, most recent first. */
  recent: procedure.output(z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.string() }))),
  /** Backups of a project, newest first. The project may be closed or damaged. */
  backups: procedure
    .input(z.object({ folder: pathSchema }))
    .output(z.array(z.object({ name: z.string(), madeAt: z.string(), reason: z.string(), bytes: z.number() }))),
  /**
   * Replaces the project by the named backup, or by the newest intact one, and opens it. The replaced file is kept as `kept`.
   */
  restore: procedure
    .input(z.object({ folder: pathSchema, backup: z.string().max(200).optional() }))
    .output(z.object({ backup: z.string(), kept: z.string(), state: projectStateSchema })),
  state: procedure.output(projectStateSchema.nullable()),
  close: procedure,
  /** Stream of events until the window disconnects. */
  events: procedure.output(eventIterator(studioEventSchema)),
};

export const library = {
  list: procedure.output(z.array(libraryVideoSchema)),
  /** Contents of a folder (by default the home folder), for FolderDialog in a browser. */
  browse: procedure.input(z.object({ folder: pathSchema.optional() })).output(
    z.object({
      folder: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), path: z.string(), isProject: z.boolean() })),
      /** Videos in the folder itself. */
      videos: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Project files, also with other names than a project's own. */
      projects: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Tables (CSV, TSV, text). */
      tables: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Files that a model can be imported from. */
      models: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Annotation files that can be imported. */
      labels: z.array(z.object({ name: z.string(), path: z.string() })),
      isProject: z.boolean(),
    }),
  ),
  /** Adds videos and the videos in folders, without analysing them. */
  add: procedure.input(z.object({ paths: limitedList(pathSchema, 10_000, 1) })).output(addedVideos),
  /** Checks all files: marks missing ones, and finds moved ones below `folders` by their contents. */
  look: procedure.input(z.object({ folders: limitedList(pathSchema, 1000).default([]) })).output(z.object({ missing: z.int(), relinked: z.int() })),
  /** Sets whether new videos in a folder are analysed automatically. */
  watch: procedure.input(z.object({ folder: pathSchema, watched: z.boolean() })),
  folders: procedure.output(
    z.array(
      /** isHeld: watched on another computer; its videos are analysed only after queue.approve. */
      z.object({ id: z.string(), path: z.string(), watched: z.boolean(), isHeld: z.boolean() }),
    ),
  ),
  /** Takes a folder from the list. Its videos stay in the library. */
  forgetFolder: procedure.input(z.object({ folder: pathSchema })),
  /** What people made in videos: labels (with peaks) of how many coders, notes and trials. */
  contents: procedure
    .input(z.object({ videos: limitedList(idSchema, 100_000, 1) }))
    .output(z.object({ labels: z.int(), notes: z.int(), trials: z.int(), coders: z.int() })),
  /** The URL of a video, on the window's own origin. If it is not playable, `prepare` makes a proxy. */
  media: procedure
    .input(z.object({ video: idSchema }))
    .output(z.object({ address: z.string(), playable: z.boolean(), proxy: z.boolean(), reason: factSchema.nullable() })),
  prepare: procedure.input(z.object({ video: idSchema })),
  /** Minimum and maximum of the sound in each 10 ms, [points, 2] int8; empty without sound. */
  sound: procedure.input(z.object({ video: idSchema })).output(z.instanceof(Blob)),
  /** Presentation times of all frames in seconds, [frames] float64, little-endian. */
  times: procedure.input(z.object({ video: idSchema })).output(z.instanceof(Blob)),
};
