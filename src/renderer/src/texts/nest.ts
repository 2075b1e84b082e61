/** Texts by the parts of their ids: 'zoom.in' is in zoom, in. */
export interface Tree {
  [part: string]: string | Tree;
}

export function nest(flat: Readonly<Record<string, string>>): Tree {
  const tree: Tree = {};
  for (const [path, text] of Object.entries(flat)) {
    const parts = path.split('.');
    const name = parts.pop() ?? path;
    let branch = tree;
    for (const part of parts) branch = (branch[part] ??= {}) as Tree;
    branch[name] = text;
  }
  return tree;
}
