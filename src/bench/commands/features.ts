import type { Command } from "commander";
import { formatFeatureTimes, timeFeatureStudy } from "../feature-study.js";
import { torchOf, wholeNumber, withPython, type WithPython, withThreads, type WithThreads } from "./options.js";

interface Options extends WithThreads, WithPython {
  readonly images: number;
  readonly folds: number;
  readonly epochs: number;
  readonly cachedOnly: boolean;
  readonly size: number;
}

async function run({ python, cachedOnly, ...study }: Options): Promise<void> {
  const torch = await torchOf({ python });
  console.log(`MobileNetV2, ${study.images} images, ${study.folds} folds x ${study.epochs} epochs, ${study.threads} threads`);
  console.log(formatFeatureTimes(await timeFeatureStudy({ network: "mobilenet_v2", batch: 16, ...study }, { python: torch?.python, cachedOnly })));
}

export function addFeatures(program: Command): void {
  withPython(withThreads(program.command("features")))
    .description("A cross-validation by feature extraction: features computed once, in every epoch, and once by PyTorch.")
    .option("--images <count>", "images", wholeNumber, 300)
    .option("--folds <count>", "folds", wholeNumber, 5)
    .option("--epochs <count>", "epochs of the head", wholeNumber, 30)
    .option("--cached-only", "leave out the long form, whose features are computed in every epoch", false)
    .option("--size <pixels>", "height and width of the images", wholeNumber, 224)
    .action(run);
}
