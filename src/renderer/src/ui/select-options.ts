/** An option of a SelectBox. Neighbouring options with the same `group` stand below its name. */
export interface SelectOption<Value> {
  readonly value: Value;
  readonly label: string;
  readonly group?: string;
}

interface OptionGroup {
  /** '' for options without a group. */
  readonly name: string;
  readonly options: { readonly label: string; /** Index among all options. */ readonly position: number }[];
}

export function optionGroups(options: readonly SelectOption<unknown>[]): OptionGroup[] {
  const groups: OptionGroup[] = [];
  for (const [position, { label, group: name = '' }] of options.entries()) {
    if (groups.at(-1)?.name !== name) groups.push({ name, options: [] });
    groups.at(-1)?.options.push({ label, position });
  }
  return groups;
}

/** Options that show their values. */
export function plainOptions<Value extends string | number>(values: readonly Value[]): SelectOption<Value>[] {
  return values.map((value) => ({ value, label: String(value) }));
}
