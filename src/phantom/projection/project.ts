import { addChords, visitChords } from "./chords.js";
import { visitLoft, type Loft } from "./loft.js";
import type { Primitive } from "./primitive.js";
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
 * Line integrals of the scene. Bone, which takes the place of water, is traced with `oversample` x `oversample` rays a pixel
 * and averaged: one ray a pixel would hit or miss thin shells seen edge-on. Soft tissue has none and is traced with one.
 */
export function projectScene(scene: Scene, view: View, raster: Raster, oversample: number): PathLengths {
  const fine = refineRaster(raster, oversample);
  const waterMm = new Float32Array(raster.width * raster.height);
  const rays = clearedBuffer(fine.width * fine.height);
  for (const loft of scene.lofts) {
    const amount = loft.material.water;
    visitLoft(loft, view, raster, (start, count, chords) => {
      for (let i = 0; i < count; i++) waterMm[start + i]! += chords[i]! * amount;
    });
  }
  for (const primitive of scene.primitives) {
    const { water, bone } = primitive.material;
    if (bone !== 0) addChords(primitive, view, fine, { image: rays, amount: bone });
    if (water + bone !== 0) addChords(primitive, view, raster, { image: waterMm, amount: water + bone });
  }
  const boneMm = averageBlocks(rays, fine, oversample);
  // Gas drawn where there is less tissue than gas would count as negative water.
  for (let i = 0; i < waterMm.length; i++) waterMm[i] = Math.max(0, waterMm[i]! - boneMm[i]!);
  return { raster, waterMm, boneMm };
}

/** Marks with `value` the pixels of `mask` whose central ray crosses the primitive. */
export function paintSilhouette(mask: Uint8Array, primitive: Primitive, view: View, raster: Raster, value = 255): void {
  visitChords(primitive, view, raster, (start, count, chords) => {
    for (let i = 0; i < count; i++) if (chords[i]! > 0) mask[start + i] = value;
  });
}

/** The fine raster of one projection after another: fresh memory for each would cost more than the rays. */
let buffer = new Float32Array(0);

function clearedBuffer(length: number): Float32Array {
  if (buffer.length < length) buffer = new Float32Array(length);
  return buffer.subarray(0, length).fill(0);
}

/** Means over blocks of rays; where solids that take bone away reach beyond the bone, there is none. */
function averageBlocks(fine: Float32Array, raster: Raster, factor: number): Float32Array {
  const [width, height] = [raster.width / factor, raster.height / factor];
  const result = new Float32Array(width * height);
  const share = 1 / (factor * factor);
  for (let r = 0; r < raster.height; r++) {
    const to = Math.floor(r / factor) * width;
    let from = r * raster.width;
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let j = 0; j < factor; j++) sum += Math.max(0, fine[from++]!);
      result[to + k]! += sum * share;
    }
  }
  return result;
}
