/**
 * Empties a canvas and gives it the pixels of the screen.
 * @param width in CSS pixels, like `height` and everything drawn afterwards
 * @returns null without a canvas, or if the browser has no 2D context
 */
export function clearedContext(canvas: HTMLCanvasElement | null, width: number, height: number): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d') ?? null;
  if (canvas === null || context === null) return null;
  const density = window.devicePixelRatio;
  canvas.width = width * density;
  canvas.height = height * density;
  context.scale(density, density);
  return context;
}
