/** The parts of the review that the introduction explains, in order. */
export const INTRODUCTION_STEPS = [
  { name: 'face', places: ['[data-part="face"]'], side: 'bottom' },
  { name: 'probabilities', places: ['[data-part="probabilities"]'], side: 'top' },
  { name: 'masks', places: ['[data-part="masks"]'], side: 'top' },
  { name: 'proposals', places: ['.tier:not(:has(> .own))'], side: 'top' },
  // Without a coder there is no tier of one's own: then the field for the name is the place.
  { name: 'labels', places: ['.tier:has(> .own)', '[data-part="labels"]'], side: 'top' },
] as const;

/** The element of a step; the lanes if its own part is hidden. */
export function placeOf(step: (typeof INTRODUCTION_STEPS)[number]): HTMLElement | null {
  for (const place of [...step.places, '[data-part="lanes"]']) {
    const element = document.querySelector<HTMLElement>(place);
    if (element !== null) return element;
  }
  return null;
}
