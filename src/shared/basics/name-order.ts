/** Compares names as people sort them: 2 before 10. */
export const byName = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });
