import path from "node:path";
import { InputError } from "../../base/index.js";
import { queueStates, readQueue, type QueueState } from "../../pacs/index.js";
import type { Command } from "../contract.js";
import { readCount } from "../data-options.js";
import { textTable } from "../table.js";

export const dicomQueue: Command = {
  description: "Counts the images in each state and lists the latest ones, with what was found or why they were left alone. Reads only; a listener may be at work meanwhile.",
  arguments: [{ name: "<folder>", description: "folder of the queue, as the listener's settings name it" }],
  options: [
    { flags: "--state <state>", description: `list only these; may be given several times: ${queueStates.join(", ")}`, repeatable: true },
    { flags: "--limit <n>", description: "most images to list (default: 20)" },
  ],
  examples: ["osteon dicom queue queue/", "osteon dicom queue queue/ --state refused --state failed", "osteon dicom queue queue/ --json --limit 1000"],
  async run(context, [name], options) {
    const states = ((options["state"] as readonly string[] | undefined) ?? queueStates).map((state) => {
      if (queueStates.includes(state as QueueState)) return state as QueueState;
      throw new InputError("queue-state", `--state ${state}: expected one of ${queueStates.join(", ")}. Correct it.`);
    });
    const limit = readCount(options["limit"], "--limit") ?? 20;
    const { counts, records } = await readQueue(path.resolve(context.folder, name!), { states, limit });
    if (options["json"] === true) return context.out(JSON.stringify({ counts, images: records }, null, 2));
    context.out(queueStates.map((state) => `${counts[state]} ${state}`).join(", "));
    if (records.length === 0) return;
    const rows = records.map(({ id, state, settledAt, receivedAt, rule, decided, probability, reasons }) => [
      id.slice(0, 8),
      state,
      (settledAt ?? receivedAt).slice(0, 19),
      rule ?? "",
      decided === undefined ? (reasons ?? []).join("; ") : `${decided} ${probability?.toFixed(3) ?? ""}`,
    ]);
    context.out(textTable(["image", "state", "since", "rule", "what"], rows));
  },
};
