/** Round steps that part an axis into about `wanted` pieces. */
export function ticksOf({ from, to, ticks = 5 }: { readonly from: number; readonly to: number; readonly ticks?: number }): number[] {
  const rough = (to - from) / ticks;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!;
  const first = Math.ceil(from / step - 1e-9) * step;
  return Array.from({ length: Math.floor((to - first) / step + 1e-9) + 1 }, (_, i) => Number((first + i * step).toPrecision(12)));
}
