import { visitChords, type ChordSink } from "./chords.js";
import { visitLoft, type Loft } from "./loft.js";
import type { Material, Primitive } from "./primitive.js";
import type { Raster, View } from "./view.js";

/** Everything the beam meets. */
export interface Scene {
  readonly primitives: readonly Primitive[];
  readonly lofts: readonly Loft[];
}

/** Millimetres of water and of cortical bone along the ray of every pixel, [H, W] row-major. */
export interface PathLengths {
  readonly raster: Raster;
  readonly waterMm: Float32Array;
  readonly boneMm: Float32Array;
}

/** The raster with every pixel divided into factor x factor. */
export function refineRaster(raster: Raster, factor: number): Raster {
  return { ...raster, width: raster.width * factor, height: raster.height * factor, spacingMm: raster.spacingMm / factor };
}

/**
 * Line integrals of the scene, at `oversample` x `oversample` rays a pixel, averaged.
 * Thin shells seen edge-on need it: one ray a pixel would hit or miss them.
 */
export function projectScene(scene: Scene, view: View, raster: Raster, oversample: number): PathLengths {
  const fine = refineRaster(raster, oversample);
  const water = clearedBuffer(0, fine.width * fine.height);
  const bone = clearedBuffer(1, fine.width * fine.height);
  for (const loft of scene.lofts) {
    const amount = loft.material.water;
    visitLoft(loft, view, fine, (start, count, chords) => {
      for (let i = 0; i < count; i++) water[start + i]! += chords[i]! * amount;
    });
  }
  let material: Material = { water: 0, bone: 0 };
  const addRow: ChordSink = (start, count, chords) => {
    const { water: w, bone: b } = material;
    for (let i = 0; i < count; i++) water[start + i]! += chords[i]! * w;
    if (b !== 0) for (let i = 0; i < count; i++) bone[start + i]! += chords[i]! * b;
  };
  for (const primitive of scene.primitives) {
    material = primitive.material;
    visitChords(primitive, view, fine, addRow);
  }
  // Gas drawn where there is less tissue than gas would count as negative water.
  for (let i = 0; i < water.length; i++) if (water[i]! < 0) water[i] = 0;
  for (let i = 0; i < bone.length; i++) if (bone[i]! < 0) bone[i] = 0;
  return { raster, waterMm: averageBlocks(water, fine, oversample), boneMm: averageBlocks(bone, fine, oversample) };
}

/** Marks with `value` the pixels of `mask` whose central ray crosses the primitive. */
export function paintSilhouette(mask: Uint8Array, primitive: Primitive, view: View, raster: Raster, value = 255): void {
  visitChords(primitive, view, raster, (start, count, chords) => {
    for (let i = 0; i < count; i++) if (chords[i]! > 0) mask[start + i] = value;
  });
}

/** The fine rasters of one projection after another: fresh memory for each would cost more than the rays. */
const buffers: [Float32Array, Float32Array] = [new Float32Array(0), new Float32Array(0)];

function clearedBuffer(which: 0 | 1, length: number): Float32Array {
  if (buffers[which].length < length) buffers[which] = new Float32Array(length);
  return buffers[which].subarray(0, length).fill(0);
}

function averageBlocks(fine: Float32Array, raster: Raster, factor: number): Float32Array {
  if (factor === 1) return fine.slice();
  const [width, height] = [raster.width / factor, raster.height / factor];
  const result = new Float32Array(width * height);
  const share = 1 / (factor * factor);
  for (let r = 0; r < raster.height; r++) {
    const to = Math.floor(r / factor) * width;
    let from = r * raster.width;
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let j = 0; j < factor; j++) sum += fine[from++]!;
      result[to + k]! += sum * share;
    }
  }
  return result;
}
