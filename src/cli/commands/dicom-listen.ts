import { readFile } from "node:fs/promises";
import path from "node:path";
import { withFileErrors } from "../../files/index.js";
import { measureFrame } from "../../images/index.js";
import { appendToLog, recordOf } from "../../monitor/index.js";
import { listen, parseListenSettings, type Judgement, type ListenEvent } from "../../pacs/index.js";
import type { Command, Context } from "../contract.js";
import { osteonVersion } from "../version.js";

/** First digits of an image's hash: enough to find it with `osteon dicom queue`. */
const short = (id: string): string => id.slice(0, 8);

function sentence(event: ListenEvent): string {
  switch (event.kind) {
    case "ready":
      return `listening${event.port === undefined ? "" : ` on port ${event.port}`} with ${event.models.join(", ")}${event.waiting + event.outgoing > 0 ? `; ${event.waiting} images and ${event.outgoing} results wait` : ""}`;
    case "received":
      return `${short(event.id)} received, ${event.origin}`;
    case "predicted":
      return `${short(event.id)}${event.images === undefined ? "" : ` and ${event.images - 1} more`} judged by ${event.rule} in ${event.seconds} s, ${event.objects} objects`;
    case "left-alone":
      return `${short(event.id)} left alone: ${event.reasons.join("; ")}`;
    case "failed":
      return `${short(event.id)} failed: ${event.reasons.join("; ")}`;
    case "sent":
      return `${short(event.id)} sent, ${event.objects} objects`;
    case "waiting":
      return `waiting for the ${event.for}${event.seconds > 0 ? `, ${event.seconds} s` : ""}: ${event.reason}`;
    default:
      return event.event.kind === "rejected" ? `association rejected: ${event.event.reason}` : `connection ended: ${event.event.reason}`;
  }
}

/** Notes what was judged for `osteon monitor`. */
function watch(file: string): (judgement: Judgement, keyOf: (text: string) => string) => Promise<void> {
  return async ({ model, watched }, keyOf) => {
    if (watched === undefined || model === undefined) return;
    const { scope, study, label, probabilities, looked } = watched;
    await appendToLog(
      file,
      recordOf({
        model: model.sha256,
        verdict: scope.verdict,
        ...(label !== undefined && { label }),
        ...(probabilities && { probabilities }),
        ...(looked && { traits: measureFrame(looked.frame.values, looked.placement) }),
        ...(scope.distance !== undefined && { distance: scope.distance }),
        ...(study !== undefined && { exam: keyOf(study) }),
      }),
    );
  };
}

export const dicomListen: Command = {
  description:
    "Receives images by DIMSE, from a DICOMweb server, or from a worklist (UPS-RS); chooses the model by rules; predicts; and stores the results in the PACS. " +
    "What was acknowledged is on the disk: after a crash, a full disk or a PACS that is away the work goes on where it was, and no result is there twice. " +
    "What no rule or model fits is left alone, with the reason kept: osteon dicom queue shows it. Lines on the terminal tell hashes and never a patient.",
  arguments: [{ name: "<settings>", description: "YAML file: queue, receive, send, models, rules; see docs/pacs.md" }],
  options: [
    { flags: "--until-idle", description: "end once nothing waits any more" },
    { flags: "--check", description: "read the settings and say what they mean, without listening" },
  ],
  examples: ["osteon dicom listen listen.yaml", "osteon dicom listen listen.yaml --json", "osteon dicom listen listen.yaml --check"],
  async run(context: Context, [name], options) {
    const file = path.resolve(context.folder, name!);
    const settings = parseListenSettings(await withFileErrors(name!, () => readFile(file, "utf8")), name!);
    const asJson = options["json"] === true;
    if (options["check"] === true) {
      context.out(asJson ? JSON.stringify(settings, null, 2) : `${name}: ${settings.rules.length} rules, ${Object.keys(settings.models).length} models, receives by ${Object.keys(settings.receive).join(", ")}, sends by ${settings.send.dicomweb === undefined ? "dimse" : "dicomweb"}`);
      return;
    }
    const folder = path.dirname(file);
    const stop = new AbortController();
    const forward = (): void => stop.abort();
    context.signal.addEventListener("abort", forward, { once: true });
    if (context.signal.aborted) forward();
    try {
      await listen(settings, {
        folder,
        environment: context.environment,
        softwareVersion: osteonVersion(),
        signal: stop.signal,
        untilIdle: options["untilIdle"] === true,
        ...(settings.predictions !== undefined && { onJudged: watch(path.resolve(folder, settings.predictions)) }),
        onEvent: (event) => {
          const at = new Date().toISOString();
          context.out(asJson ? JSON.stringify({ at, ...event }) : `${at.slice(0, 19)}Z ${sentence(event)}`);
        },
      });
    } finally {
      context.signal.removeEventListener("abort", forward);
    }
    context.note("For research. Not a medical device.");
  },
};
