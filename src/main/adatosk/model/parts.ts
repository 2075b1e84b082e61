/** The part of the network at the beginning of a parameter's name or a node's scope, for example 'blocks.3' or 'head'. */
export function partOf(name: string): string {
  return /^(blocks\.\d+|[^.]+)/.exec(name)![0];
}
