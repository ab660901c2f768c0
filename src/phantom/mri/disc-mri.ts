import { InputError, seededRandom } from "../../base/index.js";
import { gaussianBlur } from "../acquisition/blur.js";
import { quantileOf } from "../acquisition/process.js";
import { placeSpine, plainPlan } from "../anatomy/alignment.js";
import { sampleSubject, type Subject, type SubjectRange } from "../anatomy/subject.js";
import { agesOfState, discLevels, levelsOfState, sampleDiscs, type Disc, type DiscLevel, type DiscState } from "./disc-state.js";
import { addGhosts, addRicianNoise, applyBias, saturateFront, smoothNoise } from "./noise.js";
import { fillPolygon, type Canvas, type Corner } from "./paint.js";
import { paintSection } from "./section.js";
import { sequences, spinEchoSignal, textureOf, tissueNames, tissues, type SequenceName } from "./tissue.js";

export interface DiscMriOptions {
  /** (seed, index) names the person and the finding, (visit, sequence) the image. */
  readonly seed: number | string;
  readonly index: number;
  readonly visit?: number;
  readonly state: DiscState;
  readonly sequence?: SequenceName;
  /** The vertebra above the disc; drawn where left out. */
  readonly level?: DiscLevel;
  readonly people?: SubjectRange;
  /** Range of the side of the field of view; that of a lumbar coil, L1 to S1, where left out. */
  readonly fieldMm?: readonly [number, number];
  /** Side of the square image in pixels, 32 to 1,024. */
  readonly size?: number;
  /** Standard deviation of the noise in each channel as a share of the mean signal of muscle; drawn where left out. */
  readonly noise?: number;
}

export interface DiscMriTruth {
  readonly label: DiscState;
  readonly level: DiscLevel;
  readonly patientId: string;
  readonly visit: number;
  readonly sequence: SequenceName;
  readonly discs: readonly Disc[];
  readonly spacingMm: readonly [number, number];
  /** 1 + index from S1 up, [H, W]. */
  readonly bodyLabels: Uint8Array;
  /** 1 + index from L5-S1 up, [H, W]. */
  readonly discLabels: Uint8Array;
  /** The disc with the canal behind it, 0 or 255, [H, W]. */
  readonly region: Uint8Array;
  /** Left, top, width, height in pixels around the disc: what to cut out as its region of interest. */
  readonly discBox: readonly [number, number, number, number];
  readonly parameters: { readonly options: DiscMriOptions; readonly subject: Subject; readonly noise: number; readonly bias: number; readonly ghosts: number };
}

export interface SimulatedDiscMri {
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Center of the first pixel in the patient: to the left, to the back, to the head. */
  readonly originMm: readonly [number, number, number];
  readonly truth: DiscMriTruth;
}

const oversample = 3;

/**
 * A mid-sagittal lumbar MR slice: tissues painted at three times the resolution, spin-echo signals averaged per pixel,
 * the blur of slice and echo train, a saturation band before the spine, coil bias, motion ghosts and Rician noise.
 * @throws InputError `phantom-size`
 */
export function makeDiscMri(options: DiscMriOptions): SimulatedDiscMri {
  const { seed, index, visit = 0, state, sequence = "t2", size = 224 } = options;
  if (!Number.isInteger(size) || size < 32 || size > 1024) throw new InputError("phantom-size", `size: expected an integer from 32 to 1024 pixels, got ${size}.`);
  const person = seededRandom("disc-mri", seed, index);
  const session = seededRandom("disc-mri", seed, index, "visit", visit, sequence);
  const subject = sampleSubject(person.fork("subject"), options.people ?? { ageYears: agesOfState[state] });
  const level = options.level ?? person.fork("level").pick<DiscLevel>(levelsOfState[state]);
  const discs = sampleDiscs(subject, state, level, person.fork("discs"));
  const left = { 1: 1, 2: 1, 3: 0.92, 4: 0.75, 5: 0.45 } as const;
  const changes = Object.fromEntries(discs.map((d) => [d.level, { discShare: left[d.pfirrmann] / (1 - 0.3 * subject.degeneration) }]));
  // Lying flattens the lordosis a little.
  const spine = placeSpine(subject, { ...plainPlan, changes, lordosisChangeDeg: -6 });

  const fieldMm = session.between(...(options.fieldMm ?? [165, 190]));
  const [low, high] = [spine[2]!.frame.origin, spine[3]!.frame.origin];
  const center = [(low[1] + high[1]) / 2, (low[2] + high[2]) / 2] as const;
  const canvas: Canvas = {
    width: size * oversample,
    height: size * oversample,
    pitchMm: fieldMm / size / oversample,
    frontMm: center[0] - fieldMm * session.between(0.36, 0.44),
    topMm: center[1] + fieldMm * session.between(0.47, 0.52),
    data: new Uint8Array(size * size * oversample * oversample),
  };
  const shapes = paintSection(canvas, spine, { discs, target: level, subject, random: person.fork("bowel", visit) });
  const texture = smoothNoise(size, size, 1.6 / (fieldMm / size), person.fork("texture"));
  // The slice is some millimetres thick and the echo train blurs: edges spread over about a millimetre.
  const pixels = gaussianBlur(averageSignal(canvas, { size, sequence, texture }), size, size, Math.max(0.35, 0.4 / (fieldMm / size)));
  const muscle = spinEchoSignal(tissues.muscle, sequences[sequence]);
  const [bias, ghosts] = [session.between(0.25, 0.6), session.uniform() < 0.25 ? session.between(0.03, 0.1) : 0];
  const noise = options.noise ?? session.between(0.06, 0.2);
  if (session.uniform() < 0.7) saturateFront(pixels, size, size, { edgePx: (center[0] - canvas.frontMm - session.between(38, 52)) / (fieldMm / size), left: session.between(0.15, 0.4) });
  applyBias(pixels, size, size, { fall: bias, random: session.fork("bias") });
  if (ghosts > 0) addGhosts(pixels, size, size, { strength: ghosts, shiftPx: size * session.between(0.08, 0.3) });
  addRicianNoise(pixels, noise * muscle, session.fork("noise"));
  const top = quantileOf(pixels, session.between(0.985, 0.997));
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(1, pixels[i]! / top);

  const mask = (items: readonly (readonly Corner[])[], value?: number): Uint8Array => {
    const map: Canvas = { ...canvas, width: size, height: size, pitchMm: fieldMm / size, data: new Uint8Array(size * size) };
    items.forEach((corners, i) => fillPolygon(map, corners, value ?? i + 1));
    return map.data;
  };
  const target = shapes.discs.find((d) => d.level === level)!.corners;
  return {
    pixels,
    width: size,
    height: size,
    originMm: [0, canvas.frontMm + fieldMm / size / 2, canvas.topMm - fieldMm / size / 2],
    truth: {
      label: state,
      level,
      patientId: `P${String(index + 1).padStart(4, "0")}`,
      visit,
      sequence,
      discs,
      spacingMm: [fieldMm / size, fieldMm / size],
      bodyLabels: mask(shapes.bodies.map((b) => b.corners)),
      discLabels: mask(discLevels.map((l) => shapes.discs.find((d) => d.level === l)!.corners)),
      region: mask([shapes.region], 255),
      discBox: boxAround(target, canvas, fieldMm / size),
      parameters: { options, subject, noise, bias, ghosts },
    },
  };
}

function averageSignal(canvas: Canvas, { size, sequence, texture }: { size: number; sequence: SequenceName; texture: Float32Array }): Float32Array {
  const varied = tissueNames.map((name) => textureOf[name] ?? 0);
  const signal = tissueNames.map((name) => spinEchoSignal(tissues[name], sequences[sequence]));
  const pixels = new Float32Array(size * size);
  const share = 1 / (oversample * oversample);
  for (let r = 0; r < size; r++) {
    for (let k = 0; k < size; k++) {
      const pixel = r * size + k;
      const shade = texture[pixel]!;
      let sum = 0;
      for (let i = 0; i < oversample; i++) {
        const start = (r * oversample + i) * canvas.width + k * oversample;
        for (let j = start; j < start + oversample; j++) {
          const tissue = canvas.data[j]!;
          sum += signal[tissue]! * (1 + varied[tissue]! * shade);
        }
      }
      pixels[pixel] = sum * share;
    }
  }
  return pixels;
}

/** The disc's box with room for a herniation behind it and a part of both endplates. */
function boxAround(corners: readonly Corner[], canvas: Canvas, spacingMm: number): [number, number, number, number] {
  const columns = corners.map(([y]) => (y - canvas.frontMm) / spacingMm);
  const rows = corners.map(([, z]) => (canvas.topMm - z) / spacingMm);
  const margin = 8 / spacingMm;
  const left = Math.max(0, Math.floor(Math.min(...columns) - margin));
  const top = Math.max(0, Math.floor(Math.min(...rows) - margin));
  return [left, top, Math.ceil(Math.max(...columns) + 2.2 * margin) - left, Math.ceil(Math.max(...rows) + margin) - top];
}
