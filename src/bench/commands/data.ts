import type { Command } from "commander";
import { formatDataTimes, timeDataPipeline } from "../data-pipeline.js";
import { workOf } from "../work.js";
import { wholeNumber, withThreads, type WithThreads } from "./options.js";

interface Options extends WithThreads {
  readonly network: string;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  readonly epochs: number;
}

async function run({ network, images, height, width, batch, epochs, threads }: Options): Promise<void> {
  const work = workOf({ network, task: "scratch", batch, size: 224, threads });
  console.log(`${network}, ${images} films of ${width} x ${height}, ${epochs} epochs, batch ${batch}, ${threads} threads`);
  console.log(formatDataTimes(await timeDataPipeline({ ...work, images, height, width, epochs })));
}

export function addData(program: Command): void {
  withThreads(program.command("data"))
    .description("The way of large films into a network: decoding, cache, augmentation, and the share of training that waits for images.")
    .option("--network <name>", "network that is trained; one with short steps is the hardest", "mobilenet_v2")
    .option("--images <count>", "films", wholeNumber, 96)
    .option("--height <pixels>", "of the films", wholeNumber, 2500)
    .option("--width <pixels>", "of the films", wholeNumber, 2000)
    .option("--batch <images>", "images per step", wholeNumber, 16)
    .option("--epochs <count>", "epochs", wholeNumber, 4)
    .action(run);
}
