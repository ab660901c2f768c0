/**
 * The grey map that gives `from` the histogram of `to`: quantiles are laid on quantiles, so that any rising change of
 * contrast is undone; a falling one where `sign` is negative.
 * @param from levels, 0 to 255, as `to`
 * @returns `from` mapped
 */
export function matchGrey(from: Float32Array, to: Float32Array, sign: 1 | -1): Float32Array {
  const [ranks, ranksTo] = [middleRanks(from, sign), middleRanks(to, 1)];
  const map = new Float32Array(257);
  let above = 0;
  for (let level = 0; level < 256; level++) {
    const rank = ranks[level]!;
    while (above < 255 && ranksTo[above]! < rank) above += 1;
    const below = Math.max(0, above - 1);
    const step = ranksTo[above]! - ranksTo[below]!;
    map[level] = step > 0 ? below + (above - below) * Math.min(1, Math.max(0, (rank - ranksTo[below]!) / step)) : above;
  }
  map[256] = map[255]!;
  const mapped = new Float32Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const own = sign < 0 ? 255 - from[i]! : from[i]!;
    const value = own < 0 ? 0 : own > 255 ? 255 : own;
    const level = value | 0;
    const mappedLevel = map[level]!;
    mapped[i] = mappedLevel + (value - level) * (map[level + 1]! - mappedLevel);
  }
  return mapped;
}

/** Per level the share of values below it and half of those at it; levels that do not occur lie on a line between their neighbors. */
function middleRanks(values: Float32Array, sign: 1 | -1): Float64Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) {
    const level = (values[i]! + 0.5) | 0;
    counts[level < 0 ? 0 : level > 255 ? 255 : level]! += 1;
  }
  if (sign < 0) counts.reverse();
  const ranks = new Float64Array(256);
  let [seen, last] = [0, -1];
  for (let level = 0; level < 256; level++) {
    if (counts[level] === 0) continue;
    ranks[level] = (seen + counts[level]! / 2) / values.length;
    for (let between = last + 1; between < level; between++) ranks[between] = last < 0 ? 0 : ranks[last]! + ((ranks[level]! - ranks[last]!) * (between - last)) / (level - last);
    seen += counts[level]!;
    last = level;
  }
  ranks.fill(1, last + 1);
  return ranks;
}
