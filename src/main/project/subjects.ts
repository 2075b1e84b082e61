import type { ProjectDatabase } from './store/database.ts';
import { videoOf } from './library.ts';
import { layersOf, listParticipants, listSessions, newestRun } from './review.ts';
import type { FaceParticipantRow, LayerRow, VideoRow } from './store/schema.ts';
import { faceNumbers } from './tracked-faces.ts';

/** Whom a face belongs to. Texts are '' if they are not known. */
export interface Subject {
  /** Code of the participant. */
  readonly participant: string;
  readonly condition: string;
  readonly session: string;
  /** Why there is no participant: the person does not take part, nobody has assigned one, or the video has several faces. */
  readonly missing: 'not-a-participant' | 'no-participant' | 'several-faces' | null;
}

/**
 * Returns a function that finds the participant, condition and session of a face. A face without an assignment of its own has
 * the participant of its video if it is the only face there; with several faces the program cannot know which one it is.
 * The narrowest condition counts: that of the face, else of the video, the session, the participant. Tables are read once.
 */
export function subjectsOf(db: ProjectDatabase): (video: VideoRow, face: number) => Subject {
  const participants = new Map(listParticipants(db).map((each) => [each.id, each]));
  const sessions = new Map(listSessions(db).map((each) => [each.id, each]));
  const assigned = new Map(faceParticipants(db).map((each) => [faceKey(each.video_id, each.face_id), each]));
  let counted = { video: '', faces: 0 };
  return (video, face) => {
    if (counted.video !== video.id) counted = { video: video.id, faces: knownFaces(db, video.id).length };
    const own = assigned.get(faceKey(video.id, face));
    const isOnly = counted.faces < 2;
    const participant = participants.get((own === undefined ? (isOnly ? video.participant_id : null) : own.participant_id) ?? '');
    const session = sessions.get(video.session_id ?? '');
    const conditions = [own?.condition, video.condition, session?.condition, participant?.condition];
    return {
      participant: participant?.code ?? '',
      condition: conditions.find((each) => each !== undefined && each !== '') ?? '',
      session: session?.name ?? '',
      missing: participant !== undefined ? null : own !== undefined ? 'not-a-participant' : isOnly ? 'no-participant' : 'several-faces',
    };
  };
}

const faceKey = (video: string, face: number): string => `${face} ${video}`;

export const faceParticipants = (db: ProjectDatabase): FaceParticipantRow[] => db.rows(db.sql.selectFrom('face_participant').selectAll());

/** The faces of a video with their participants. `assignment` is the row of a face that has one of its own. */
export function facesWithParticipants(
  db: ProjectDatabase,
  videoId: string,
): (Pick<Subject, 'participant' | 'missing'> & { face: number; assignment: FaceParticipantRow | null })[] {
  const video = videoOf(db, videoId);
  const subjectOf = subjectsOf(db);
  const rows = db.rows(db.sql.selectFrom('face_participant').selectAll().where('video_id', '=', videoId));
  return knownFaces(db, videoId).map((face) => {
    const { participant, missing } = subjectOf(video, face);
    return { face, participant, missing, assignment: rows.find(({ face_id }) => face_id === face) ?? null };
  });
}

/** The faces of a video that the newest run tracked or a coder labelled, in ascending order. */
export function knownFaces(db: ProjectDatabase, video: string): number[] {
  const layers = layersOf(db, video);
  const run = newestRun(layers);
  const tracked = run === null ? [] : faceNumbers(db, run, video);
  const labelled = layers.filter(({ kind }) => kind !== 'model').flatMap((layer) => labelledFaces(db, layer));
  return [...new Set([...tracked, ...labelled])].filter((face) => face > 0).sort((a, b) => a - b);
}

function labelledFaces(db: ProjectDatabase, { id }: LayerRow): number[] {
  return (['segment', 'peak'] as const).flatMap((table) =>
    db
      .rows(
        db.sql
          .selectFrom(table as 'segment')
          .select('face_id')
          .distinct()
          .where('layer_id', '=', id),
      )
      .map(({ face_id }) => face_id),
  );
}
