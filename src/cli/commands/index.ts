import type { Command } from "../contract.js";
import { dataAudit } from "./data-audit.js";
import { dataInspect } from "./data-inspect.js";
import { demo } from "./demo.js";
import { dicomDeidentify } from "./dicom-deidentify.js";
import { dicomInspect } from "./dicom-inspect.js";
import { dicomTree } from "./dicom-tree.js";
import { doctor } from "./doctor.js";
import { explain } from "./explain.js";
import { explainAudit } from "./explain-audit.js";
import { models } from "./models.js";
import { modelsImport } from "./models-import.js";
import { phantomMake } from "./phantom-make.js";
import { phantomPretrain } from "./phantom-pretrain.js";
import { predict } from "./predict.js";
import { studyCompare } from "./study-compare.js";
import { studyReadersCommand } from "./study-readers.js";
import { studyRun } from "./study-run.js";
import { studyTry } from "./study-try.js";
import { studyVerify } from "./study-verify.js";
import { train } from "./train.js";
import { weightsImport } from "./weights-import.js";
import { weightsInspect } from "./weights-inspect.js";
import { weightsList, weightsPull } from "./weights.js";

/** Every command, in the order of `osteon --help`. */
export const commands: readonly Command[] = [studyRun, studyTry, studyReadersCommand, studyCompare, studyVerify, train, predict, explain, explainAudit, dataInspect, dataAudit, weightsPull, weightsList, weightsImport, weightsInspect, models, modelsImport, phantomMake, phantomPretrain, dicomInspect, dicomTree, dicomDeidentify, demo, doctor];
