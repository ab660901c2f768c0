import type { OutlineLayer, OutlineStage } from "../models/index.js";

const shapeText = (shape: OutlineLayer["shape"]): string => shape.join(" x ");

/** 2834161664 -> "2.83 G". */
export function shortCount(n: number): string {
  for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const) if (n >= unit) return `${(n / unit).toPrecision(3)} ${letter}`;
  return String(n);
}

/** Layers that come several times in the same order are drawn once. */
interface Run {
  readonly layers: readonly OutlineLayer[];
  readonly times: number;
  /** Path of the first layer of the last time. */
  readonly last: string;
}

/** Longest row of layers that is looked for as a repetition. */
const longestPeriod = 40;

function findRuns(layers: readonly OutlineLayer[]): Run[] {
  const follows = (at: number): boolean => at > 0 && layers[at]!.inputs.includes(layers[at - 1]!.output);
  const same = (a: number, b: number): boolean => {
    const [x, y] = [layers[a], layers[b]];
    return x !== undefined && y !== undefined && x.what === y.what && shapeText(x.shape) === shapeText(y.shape) && follows(a) === follows(b);
  };
  /** The repetition from here on that spares the most lines. */
  const repetition = (at: number): { period: number; times: number; spared: number } => {
    let best = { period: 1, times: 1, spared: 0 };
    for (let period = 1; period <= longestPeriod; period++) {
      let length = 0;
      while (same(at + length, at + length + period)) length++;
      const times = Math.floor(length / period) + 1;
      const spared = period * (times - 1);
      if (spared > best.spared) best = { period, times, spared };
    }
    return best;
  };
  const runs: Run[] = [];
  let at = 0;
  while (at < layers.length) {
    const { period, times, spared } = repetition(at);
    // Where a later start spares as much, what comes before is no part of the repeated block.
    const later = times > 1 && Array.from({ length: period - 1 }, (_, i) => at + i + 1).some((start) => repetition(start).spared >= spared);
    const taken = later ? { period: 1, times: 1 } : { period, times };
    runs.push({ layers: layers.slice(at, at + taken.period), times: taken.times, last: layers[at + taken.period * (taken.times - 1)]!.path });
    at += taken.period * taken.times;
  }
  return runs;
}

function layerLines({ layers, times, last }: Run, widths: readonly number[]): string[] {
  const lines = layers.map(({ path, what, shape }) => [path.padEnd(widths[0]!), what.padEnd(widths[1]!), shapeText(shape)].join("  ").trimEnd());
  if (times === 1) return lines.map((line) => `│    ${line}`);
  const bracket = (i: number): string => (lines.length === 1 ? "╶" : i === 0 ? "┌" : i === lines.length - 1 ? "└" : "│");
  return [...lines.map((line, i) => `│  ${bracket(i)} ${line}`), `│    ${times} times, the last from ${last} on`];
}

/** A network from the image down to its logits, one line per layer, stage under stage. */
export function drawNetwork(stages: readonly OutlineStage[], image: OutlineLayer["shape"]): string {
  const runs = stages.map(({ layers }) => findRuns(layers));
  const drawn = runs.flat().flatMap(({ layers }) => layers);
  const widths = [Math.max(...drawn.map(({ path }) => path.length)), Math.max(...drawn.map(({ what }) => what.length))];
  const lines = [`○ image  ${shapeText(image)}`];
  for (const [i, { name, shape, parameters, multiplyAdds }] of stages.entries()) {
    const cost = multiplyAdds > 0 ? `, ${shortCount(multiplyAdds)} multiply-adds` : "";
    lines.push("│", `├─ ${name}: ${shapeText(shape)}; ${shortCount(parameters)} parameters${cost}`);
    for (const run of runs[i]!) lines.push(...layerLines(run, widths));
  }
  lines.push("│", `● logits  ${shapeText(stages.at(-1)!.shape)}`);
  return lines.join("\n");
}
