/** An edge of a span that can be dragged. */
type Edge = 'start' | 'end';

/** The edges of a span that are visible: only they can be dragged. */
export function edgesInView(startS: number, endS: number, view: { readonly from: number; readonly to: number }): Edge[] {
  return [...(startS >= view.from ? (['start'] as const) : []), ...(endS <= view.to ? (['end'] as const) : [])];
}
