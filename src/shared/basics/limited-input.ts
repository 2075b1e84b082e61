import { z } from 'zod';

/**
 * Lists and records of what a window sends. Zod checks every element, also of a list that is too long, and reports each problem of each
 * element: 5 MB of wrong rows would take more than 4 GB of memory. Here the length is checked first, and the first wrong element ends the check.
 */

/** Longest message of a problem. */
const MESSAGE_LENGTH = 300;

/** A list with a limited number of elements. */
export function limitedList<S extends z.ZodType>(element: S, most: number, least = 0): z.ZodType<z.output<S>[], z.input<S>[]> {
  const check = z.unknown().transform((value, context) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      return problem(context, [], `expected a list of ${least} to ${most} elements`);
    }
    const checked: z.output<S>[] = [];
    for (const [i, each] of (value as unknown[]).entries()) {
      const { success, data, error } = element.safeParse(each);
      if (!success) return firstProblem(context, i, error);
      checked.push(data);
    }
    return checked;
  });
  return check as unknown as z.ZodType<z.output<S>[], z.input<S>[]>;
}

/** An object with any keys, and a limited number of them. */
export function limitedRecord<S extends z.ZodType>(element: S, most: number): z.ZodType<Record<string, z.output<S>>, Record<string, z.input<S>>> {
  const check = z.unknown().transform((value, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return problem(context, [], 'expected an object');
    const entries = Object.entries(value);
    if (entries.length > most) return problem(context, [], `expected at most ${most} keys`);
    const checked: [string, z.output<S>][] = [];
    for (const [key, each] of entries) {
      const { success, data, error } = element.safeParse(each);
      if (!success) return firstProblem(context, key, error);
      checked.push([key, data]);
    }
    return Object.fromEntries(checked);
  });
  return check as unknown as z.ZodType<Record<string, z.output<S>>, Record<string, z.input<S>>>;
}

/** One of several objects, chosen by their fields: only the chosen schema is checked, and only its problems are reported. */
export function chosenObject(schemaOf: (value: Readonly<Record<string, unknown>>) => z.ZodType | undefined): z.ZodType {
  return z.unknown().transform((value, context) => {
    const schema = typeof value === 'object' && value !== null ? schemaOf(value as Record<string, unknown>) : undefined;
    if (schema === undefined) return problem(context, [], 'unknown kind of object');
    const { success, data, error } = schema.safeParse(value);
    return success ? data : firstProblem(context, undefined, error);
  });
}

function firstProblem(context: z.RefinementCtx, at: string | number | undefined, { issues: [first] }: z.ZodError): never {
  return problem(context, [...(at === undefined ? [] : [at]), ...(first?.path ?? [])], first?.message ?? 'invalid');
}

function problem(context: z.RefinementCtx, path: readonly PropertyKey[], message: string): never {
  context.addIssue({ code: 'custom', path: [...path], message: message.slice(0, MESSAGE_LENGTH), input: undefined });
  return z.NEVER;
}
