import type { LookedAt, ScopeVerdict } from "../../models/index.js";
import type { ProviderEvent } from "../dimse/provider.js";
import type { ReadImage } from "./look-at-unit.js";

/** What a listener tells while it works: hashes and coded words, nothing of a patient. */
export type ListenEvent =
  | { readonly kind: "ready"; readonly port?: number; readonly models: readonly string[]; readonly waiting: number; readonly outgoing: number }
  | { readonly kind: "received"; readonly id: string; readonly origin: string }
  | { readonly kind: "predicted"; readonly id: string; readonly rule: string; readonly images?: number; readonly objects: number; readonly seconds: number }
  | { readonly kind: "left-alone"; readonly id: string; readonly reasons: readonly string[] }
  | { readonly kind: "failed"; readonly id: string; readonly reasons: readonly string[] }
  | { readonly kind: "sent"; readonly id: string; readonly objects: number }
  | { readonly kind: "waiting"; readonly for: "destination" | "source" | "worklist" | "disk"; readonly reason: string; readonly seconds: number }
  | { readonly kind: "association"; readonly event: ProviderEvent };

export type OnListenEvent = (event: ListenEvent) => void;

/** One object made of a prediction, ready to be stored. */
export interface ResultFile {
  readonly kind: string;
  readonly sopClass: string;
  readonly instance: string;
  readonly series: string;
  readonly study: string;
  readonly bytes: Uint8Array;
}

/** What those note who watch over a model. */
export interface WatchedPrediction {
  readonly scope: ScopeVerdict;
  /** StudyInstanceUID: images of one exam count once. */
  readonly study?: string;
  readonly label?: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly looked?: LookedAt;
}

/** What the models say of an image. */
export type Judgement =
  | {
      readonly kind: "results";
      readonly rule: string;
      readonly model: { readonly name: string; readonly sha256: string };
      readonly decided: string;
      readonly probability: number;
      readonly objects: readonly ResultFile[];
      readonly remarks: readonly string[];
      readonly watched?: WatchedPrediction;
    }
  | { readonly kind: "left-alone"; readonly rule?: string; readonly model?: { readonly name: string; readonly sha256: string }; readonly reasons: readonly string[]; readonly watched?: WatchedPrediction };

/** What an image is for, by its header: a rule, and where the rule decides on a series or study, which one. */
export type Routing = Extract<Judgement, { kind: "left-alone" }> | { readonly kind: "fits"; readonly rule: string; readonly unit?: { readonly uid: string; readonly waitMs: number } };

/** Judges images; loaded once and kept. */
export interface Analyst {
  /** Hash of everything that a judgement depends on beside the image. */
  readonly setup: string;
  readonly models: readonly string[];
  /** Whether some rule decides on series or studies: then all that waits is sent to its rule before anything is judged. */
  readonly gathers?: boolean;
  /**
   * @param file whole Part 10 file
   * @throws DataError `dicom-...` for what cannot be read
   */
  route(file: Uint8Array): Routing;
  /**
   * @param images one, or those of a series or study; `made` is when the last came, so that the same images give the same bytes again
   * @throws DataError `dicom-...`, `image-...` for what cannot be read
   */
  judge(images: readonly ReadImage[], options: { readonly rule: string; readonly made: Date }): Promise<Judgement>;
  release(): Promise<void>;
}
