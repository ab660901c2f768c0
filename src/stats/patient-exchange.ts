/**
 * Two-sided exact test that signed sums per patient have no direction: every patient's sum keeps or changes its sign with probability
 * 1/2. With sums of 1 and -1 alone this is McNemar's exact test.
 * @param sums integers, one per patient
 * @returns p = P(|S| >= |s|) and mid-p = p - P(|S| = |s|)/2, in (0, 1]
 * @see R. A. Fisher, The Design of Experiments, 1935, section 21; the distribution of S by convolution
 */
export function exchangePatients(sums: readonly number[]): { exact: number; midP: number } {
  const sizes = sums.map(Math.abs).filter((size) => size > 0);
  const observed = Math.abs(sums.reduce((total, sum) => total + sum, 0));
  const reach = sizes.reduce((total, size) => total + size, 0);
  // chances[j] = P(S = j - reach); before any patient S is 0.
  let chances = new Float64Array(2 * reach + 1);
  chances[reach] = 1;
  let span = 0;
  for (const size of sizes) {
    const next = new Float64Array(2 * reach + 1);
    for (let j = reach - span; j <= reach + span; j++) {
      const half = chances[j]! / 2;
      next[j - size]! += half;
      next[j + size]! += half;
    }
    chances = next;
    span += size;
  }
  let [beyond, equal] = [0, 0];
  chances.forEach((chance, j) => {
    const size = Math.abs(j - reach);
    if (size > observed) beyond += chance;
    else if (size === observed) equal += chance;
  });
  return { exact: observed === 0 ? 1 : Math.min(1, beyond + equal), midP: Math.min(1, beyond + equal / 2) };
}
