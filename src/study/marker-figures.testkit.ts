import { proportionInterval, type Estimate } from "../stats/index.js";

/** A test image of the marker experiment and what the network made of it. */
export interface MarkedCase {
  readonly positive: boolean;
  readonly predictedPositive: boolean;
  /** The marker that stands for the positive class is on it. */
  readonly marked: boolean;
  /** Share of the heat map on the column of vertebrae and in the marker's corner; undefined where the map is zero. */
  readonly onSpine: number | undefined;
  readonly onMarker: number | undefined;
  /** What a map spread evenly would have on the column. */
  readonly spineShare: number;
}

export interface MarkerFigures {
  /** Accuracy with both classes in equal number: without any marker, where it says the truth, and where it lies. */
  readonly unmarked: Estimate;
  readonly agreeing: Estimate;
  readonly lying: Estimate;
  /** Mean shares of the heat maps of marked images, and what an even map would have. */
  readonly onMarker: number;
  readonly onSpine: number;
  readonly spineShare: number;
}

/** Sums up the test images of one network. */
export function figuresOf(cases: readonly MarkedCase[]): MarkerFigures {
  const marked = cases.filter((one) => one.marked);
  return {
    unmarked: balancedAccuracy(cases, () => false),
    agreeing: balancedAccuracy(cases, (positive) => positive),
    lying: balancedAccuracy(cases, (positive) => !positive),
    onMarker: meanOf(marked.flatMap(({ onMarker }) => onMarker ?? [])),
    onSpine: meanOf(marked.flatMap(({ onSpine }) => onSpine ?? [])),
    spineShare: meanOf(marked.map(({ spineShare }) => spineShare)),
  };
}

/** Accuracy over as many positive as negative cases, the first of each whose marker is as asked, with Wilson's interval. */
function balancedAccuracy(cases: readonly MarkedCase[], isMarked: (positive: boolean) => boolean): Estimate {
  const [positive, negative] = [true, false].map((side) => cases.filter((one) => one.positive === side && one.marked === isMarked(side))) as [MarkedCase[], MarkedCase[]];
  const number = Math.min(positive.length, negative.length);
  const chosen = [...positive.slice(0, number), ...negative.slice(0, number)];
  return proportionInterval(chosen.filter((one) => one.positive === one.predictedPositive).length, chosen.length, { subject: "accuracy" });
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
