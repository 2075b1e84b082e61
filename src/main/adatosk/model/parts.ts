/** The part of the network that a parameter's name or a node's scope begins with. */
export function partOf(name: string): string {
  return /^(blocks\.\d+|[^.]+)/.exec(name)![0];
}
