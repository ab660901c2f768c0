import type { Tensor } from "../../base/index.js";
import type { Graph, GraphBuilder } from "../../graph/index.js";
import type { LrpRule } from "./relevance/lrp-rules.js";

/** What of a model a method has to be given. */
export type Need = "predictions" | "activations" | "gradients" | "weights";

/** Passes through the network: a number, or what their number is proportional to. */
export type Passes = number | "samples" | "channels" | "windows";

/** The static facts of a method. */
export interface MethodFacts {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Whether negative evidence is kept; otherwise the map is >= 0. */
  readonly signed: boolean;
  /** What a large, a zero and, where signed, a negative value says. */
  readonly sign: string;
  readonly needs: readonly Need[];
  /** Extent of the map: that of the explained layer, of the image, or a coarse grid over the image. */
  readonly extent: "layer" | "image" | "cells";
  /** Passes for one image, beside the one that predicts. */
  readonly cost: { readonly forward: Passes; readonly backward: Passes };
  /** Number of samples where none is asked for; of methods whose cost is proportional to it. */
  readonly samples?: number;
}

/** What a class-activation method is given, as names of values in the graph it adds to. */
export interface CamValues {
  /** Output of the target layer, [N, C, h, w]. */
  readonly activations: string;
  /** Gradient of the target's score with respect to it, [N, C, h, w]. */
  readonly gradients: string;
}

/** A class-activation method: one decision, how activations and gradients become a map. */
export interface CamMethod extends MethodFacts {
  readonly kind: "cam";
  /**
   * Adds the method's nodes.
   * @returns name of the map, [N, h, w], not yet scaled; >= 0 where the method is not signed
   */
  readonly map: (builder: GraphBuilder, values: CamValues) => string;
}

/** A network with the score that is explained, all weights constant. */
export interface Subject {
  /** Input `"input"` [N, C, H, W]; among its values `"logits"` [N, K]. */
  readonly graph: Graph;
  /** Sum of the scores over the batch, []. */
  readonly total: string;
  /** Weights of the logits, [N, K] or [1, K], where the score is a sum of logits; none otherwise. */
  readonly selector: string | undefined;
  /** Target layer of methods that have one. */
  readonly layer: string;
}

/** Numbers that a method in a graph can be told. */
export interface GraphMethodOptions {
  /** Value of the baseline image, a number or [C, H, W]; default 0, which is the mean grey of a normalized image. */
  readonly baseline?: number | Tensor<"float32">;
  /** Rules of layer-wise relevance propagation; the method's own where left out. */
  readonly composite?: LrpComposite;
  /** Points of methods that average over points: noisy copies or steps; default 16. They are run side by side, so memory grows with them. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Standard deviation of noise, as a share of the image's range; default 0.15. */
  readonly noise?: number;
}

/** Rules by kind of layer: the one that sees the image, other convolutions, dense layers. */
export interface LrpComposite {
  readonly first: LrpRule;
  readonly convolution: LrpRule;
  readonly dense: LrpRule;
}

/** A method that is a graph of its own: it may differentiate, rewrite or copy the network. */
export interface GraphMethod extends MethodFacts {
  readonly kind: "graph";
  /**
   * Adds the method's nodes to the network.
   * @returns the graph, with the subject's values in it, and the name of the map, [N, h, w], not yet scaled
   * @throws UnsupportedError where the network has a part that the method does not cover, naming the node
   */
  readonly explain: (subject: Subject, options: GraphMethodOptions) => { readonly graph: Graph; readonly map: string };
}

/** Writes item `i` of a series of perturbed values into its place of the batch. */
export type Fill = (i: number, into: Float32Array) => void;

/** One image of a model, with the questions a driven method may ask. Questions run in batches, with progress and abort. */
export interface Question {
  /** [C, H, W] */
  readonly image: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Scores of the target for `count` images of the same extent. */
  readonly scores: (count: number, fill: Fill) => Promise<Float64Array>;
  /** Scores of `count` mixtures baseline + mask (image - baseline), of masks [H, W]. */
  readonly mixtures: (baseline: Float32Array, count: number, fill: Fill) => Promise<Float64Array>;
  /** The same as `scores` with gradients [C, H, W], handed over one by one; a gradient is only valid during the call. */
  readonly gradients?: (count: number, fill: Fill, accept: (i: number, gradient: Float32Array, score: number) => void) => Promise<void>;
  /** The target layer. */
  readonly layer?: {
    /** [C, h, w] */
    readonly activations: Float32Array;
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    /** Scores of the target when the layer's activations are replaced. */
    readonly scores: (count: number, fill: Fill) => Promise<Float64Array>;
  };
}

/** How the parts of an image are formed that are shown or hidden as one. */
export type SuperpixelChoice = "slic" | "felzenszwalb" | "grid";

/** What replaces hidden parts of an image, or stands at the start of a path to it. */
export type BaselineChoice = "zero" | "mean" | "blur" | "uniform" | number | Float32Array;

export interface DrivenOptions {
  /** Number of perturbed images, noisy copies or steps; the method's own where left out. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Default `"zero"`: the mean grey of a normalized image. Several where a method averages over them. */
  readonly baseline?: BaselineChoice | readonly BaselineChoice[];
  /** Default `"slic"`. */
  readonly superpixels?: SuperpixelChoice;
  /** Rough number of superpixels. Default 49. */
  readonly segments?: number;
  /** Side of the occluding window, in pixels; default an eighth of the image. */
  readonly windowPx?: number;
  /** Step of the occluding window, in pixels; default half of the window. */
  readonly stridePx?: number;
  /** Cells per axis of the masks of RISE, Sobol and HSIC; default 8. */
  readonly cells?: number;
  /** Standard deviation of noise, as a share of the image's range (largest less smallest value); default 0.15. */
  readonly noise?: number;
}

/** A map of one image, not yet scaled, and what is to be said about it. */
export interface DrivenMap {
  /** [height, width] */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  /** Readings of the method's own quality, for example `completenessGap`. */
  readonly readings?: Readonly<Record<string, number>>;
}

/** A method that asks a model questions: perturbed images, noisy gradients, ablated channels. */
export interface DrivenMethod extends MethodFacts {
  readonly kind: "driven";
  readonly explain: (question: Question, options: DrivenOptions) => Promise<DrivenMap>;
  /** The same as one graph, where it can be: for export. */
  readonly inGraph?: GraphMethod["explain"];
}

export type Method = CamMethod | GraphMethod | DrivenMethod;

