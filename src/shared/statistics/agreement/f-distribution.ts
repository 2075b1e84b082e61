import { gammaln } from 'simple-statistics';

/** Regularised incomplete beta function I_x(a, b), from its continued fraction (Abramowitz and Stegun 26.5.8) with Lentz's method. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly below the mean; above the mean, the symmetric form does.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const TINY = 1e-300;
  let [f, c, d] = [1, 1, 0];
  for (let step = 0; step <= 500; step++) {
    const m = step >> 1;
    const term =
      step === 0 ? 1 : step % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + term * d || TINY);
    c = 1 + term / c || TINY;
    f *= c * d;
    if (step > 0 && Math.abs(1 - c * d) < 1e-15) break;
  }
  return front * (f - 1);
}

/** The quantile p of an F distribution with the given degrees of freedom, by bisection to 1e-12. */
export function fQuantile(p: number, numerator: number, denominator: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 200 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, numerator / 2, denominator / 2) < p) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  return (denominator * x) / (numerator * (1 - x));
}
