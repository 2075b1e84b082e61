/**
 * Timelines may have action units, head pose and unusual faces: version 2 of their format (packed-timeline.ts). Stored timelines stay as
 * they are and can be read. The number alone makes earlier versions of the program reject a project whose timelines they could not read.
 */
export function up(): void {
  // Nothing to change.
}
