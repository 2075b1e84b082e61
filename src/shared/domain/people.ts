/**
 * Codes of the people in a video: those of its faces, and the video's own participant, to whom the other faces belong.
 * @param video of the library
 */
export function peopleOf({ participant, faceParticipants }: { readonly participant: string | null; readonly faceParticipants: readonly string[] }): string[] {
  return [...new Set([...faceParticipants, ...(participant === null ? [] : [participant])])];
}
