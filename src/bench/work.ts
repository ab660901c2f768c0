import { InputError, unknownName } from "../base/index.js";
import { architectures, type ArchitectureName } from "../models/index.js";

/** Static facts of what is measured, by the name that the command line uses. */
export const tasks = {
  "fine-tuning": { title: "step, all layers", trains: true, summary: "One optimizer step on all parameters, stored statistics." },
  "last-stage": { title: "step, last stage", trains: true, summary: "One step on the last stage and the head; the stages before are computed and not trained." },
  head: { title: "step, head", trains: true, summary: "One step on the head alone, the features computed anew." },
  scratch: { title: "step, batch statistics", trains: true, summary: "One step on all parameters with the statistics of the batch." },
  inference: { title: "inference", trains: false, summary: "Logits of one batch." },
  "grad-cam": { title: "inference with Grad-CAM", trains: false, summary: "Logits and a Grad-CAM map of the predicted class." },
} as const satisfies Record<string, { readonly title: string; readonly trains: boolean; readonly summary: string }>;

export type Task = keyof typeof tasks;

/** The networks of the studies. */
export const studiedNetworks = [
  "resnet50", "mobilenet_v2", "vgg16", "vgg19", "densenet121", "efficientnet_v2_m", "convnext_base", "xception",
] as const satisfies readonly ArchitectureName[];

/** One measurement, the same for every peer. */
export interface Work {
  readonly network: ArchitectureName;
  readonly task: Task;
  readonly batch: number;
  /** Height and width of the images. */
  readonly size: number;
  readonly threads: number;
}

/** What the command line says of a measurement, checked. @throws NotFoundError, InputError `bench-number` */
export function workOf(said: { readonly network: string; readonly task: string; readonly batch: number; readonly size: number; readonly threads: number }): Work {
  const { network, task, batch, size, threads } = said;
  if (!Object.hasOwn(architectures, network)) throw unknownName("network", network, Object.keys(architectures));
  if (!Object.hasOwn(tasks, task)) throw unknownName("task", task, Object.keys(tasks));
  for (const [name, number] of Object.entries({ batch, size, threads })) {
    if (!Number.isInteger(number) || number < 1) throw new InputError("bench-number", `${name}: expected a whole number of at least 1, got ${number}.`);
  }
  return { network: network as ArchitectureName, task: task as Task, batch, size, threads };
}

/** Name of a measurement: the same for every machine and revision. */
export function keyOf({ network, task, batch, size, threads }: Work): string {
  return [network, task, batch, size, threads].join(",");
}
