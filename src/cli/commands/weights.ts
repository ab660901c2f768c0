import path from "node:path";
import { unknownName } from "../../base/index.js";
import { architectures, isArchitectureName, offeredByHand, pullWeights, weightsSources } from "../../models/index.js";
import type { Command, Context } from "../contract.js";
import { textTable } from "../table.js";
import { readConfiguration, weightsFolder } from "../user-configuration.js";
import { findWeights } from "../weights-files.js";

/** How far a file's checksum is known beforehand. */
const checksumOf = (sha256: string | undefined): string => (sha256 === undefined ? "recorded at first download" : sha256.length === 64 ? sha256 : `${sha256}... (as published)`);

const said = {
  published: "SHA-256 is the published one",
  "published digits": "SHA-256 begins with the digits that the publisher states; the rest was recorded now",
  recorded: "SHA-256 is the one recorded at the first download",
  "recorded now": "the publisher states no checksum; this one was recorded now",
} as const;

/** Rows of published weights, for one network or all. */
async function listSources(context: Context, asJson: boolean, only?: string): Promise<void> {
  const present = findWeights(context, await readConfiguration(context), undefined);
  const rows = Object.entries(weightsSources)
    .filter(([network]) => only === undefined || network === only)
    .flatMap(([network, sources]) =>
      sources.map((source) => ({ network, ...source, checksum: checksumOf(source.sha256), present: path.basename(present[network] ?? "") === path.basename(new URL(source.url).pathname) })),
    );
  const byHand = offeredByHand.filter(({ network }) => only === undefined || network === only);
  if (asJson) return context.out(JSON.stringify(only === undefined ? rows : { network: only, sources: rows, byHand }, null, 2));
  const size = (bytes: number | undefined): string => (bytes === undefined ? "" : (bytes / 1e6).toFixed(0));
  const expects = ({ size: side, shortSide, mean, std }: (typeof rows)[number]["preprocessing"]): string => `${side} of ${shortSide ?? side}; ${mean.join(" ")}; ${std.join(" ")}`;
  context.out(
    textTable(
      ["network", "source", "MB", "top-1 %", "licence", "image, px; mean; deviation", "SHA-256", "here"],
      rows.map(({ network, name, bytes, accuracy, license, preprocessing, checksum, present: here }) => [network, name, size(bytes), accuracy.toFixed(1), license, expects(preprocessing), checksum.slice(0, 26), here ? "yes" : "no"]),
    ),
  );
  if (only !== undefined) for (const { url, note } of rows) context.out(`${url}${note === "" ? "" : `  ${note}`}`);
  for (const { name, network, page, file, data, license, note } of byHand) context.out(`${network} ${name}, to be downloaded by hand: ${page}: ${file}. ${data}. Licence: ${license}. ${note}`);
}

export const weightsPull: Command = {
  description:
    "An interrupted download goes on where it stopped. The file is used by every later command. Where the publisher states no checksum, or only its first digits, the first download's is recorded and every later file compared with it.",
  arguments: [{ name: "<network>", description: `one of ${Object.keys(weightsSources).join(", ")}` }],
  options: [
    { flags: "--source <name>", description: "another published training recipe, see --list" },
    { flags: "--folder <folder>", description: "folder to keep the file in (default: OSTEON_WEIGHTS, or the user's cache folder)" },
    { flags: "--list", description: "show the network's sources with address, checksum, licence and preprocessing, and fetch nothing" },
  ],
  examples: ["osteon weights pull mobilenet_v2", "osteon weights pull resnet50 --source IMAGENET1K_V1", "osteon weights pull resnet50 --list"],
  async run(context, [network], options) {
    if (!isArchitectureName(network!) || weightsSources[network] === undefined) throw unknownName("network", network!, Object.keys(weightsSources));
    if (options["list"] === true) return listSources(context, options["json"] === true, network);
    const folder = typeof options["folder"] === "string" ? path.resolve(context.folder, options["folder"]) : weightsFolder(context, await readConfiguration(context));
    const pulled = await pullWeights(network, {
      directory: folder,
      onProgress: context.onProgress,
      signal: context.signal,
      ...(typeof options["source"] === "string" && { source: options["source"] }),
    });
    if (options["json"] === true) return context.out(JSON.stringify({ network, ...pulled, license: architectures[network].license }));
    context.out(pulled.file);
    context.note(`SHA-256 ${pulled.sha256}: ${said[pulled.checked]}.`);
  },
};

export const weightsList: Command = {
  examples: ["osteon weights list", "osteon weights list --json"],
  run: (context, _args, options) => listSources(context, options["json"] === true),
};
