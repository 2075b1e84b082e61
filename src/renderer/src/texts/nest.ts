/** A catalogue by words that are parted by dots ('zoom.in') as the tree that messages are found in. */
export interface Tree {
  [part: string]: string | Tree;
}

export function nest(flat: Readonly<Record<string, string>>): Tree {
  const tree: Tree = {};
  for (const [path, text] of Object.entries(flat)) {
    const parts = path.split('.');
    let branch = tree;
    for (const part of parts.slice(0, -1)) branch = (branch[part] ??= {}) as Tree;
    branch[parts.at(-1)!] = text;
  }
  return tree;
}
