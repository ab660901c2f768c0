import type { CommandEntry } from "../contract.js";

/** Every command, in the order of `osteon --help`. Each is loaded when it is called: together they are a thousand modules. */
export const commands: readonly CommandEntry[] = [
  { name: "study run", summary: "Train, cross-validate, explain and compare, as a recipe says", load: async () => (await import("./study-run.js")).studyRun },
  { name: "study try", summary: "See a recipe's table and report on simulated images, in minutes", load: async () => (await import("./study-try.js")).studyTry },
  { name: "study readers", summary: "Compare a finished run's network with people who read its cases", load: async () => (await import("./study-readers.js")).studyReadersCommand },
  { name: "study compare", summary: "Test two runs on the cases that both predicted", load: async () => (await import("./study-compare.js")).studyCompare },
  { name: "study verify", summary: "Compute every printed number of a run again from its predictions", load: async () => (await import("./study-verify.js")).studyVerify },
  { name: "train", summary: "Train one network on all cases and write one model file", load: async () => (await import("./train.js")).train },
  { name: "predict", summary: "Classify images with a trained model, or with a network and its weights", load: async () => (await import("./predict.js")).predict },
  { name: "explain", summary: "Show where in an image a model's decision comes from", load: async () => (await import("./explain.js")).explain },
  { name: "explain audit", summary: "Measure what the maps of each method are worth on a model", load: async () => (await import("./explain-audit.js")).explainAudit },
  { name: "data inspect", summary: "Check images and labels before training", load: async () => (await import("./data-inspect.js")).dataInspect },
  { name: "data audit", summary: "Find shortcuts to the label, and cases that belong together", load: async () => (await import("./data-audit.js")).dataAudit },
  { name: "weights pull", summary: "Download published ImageNet weights, checked by SHA-256", load: async () => (await import("./weights.js")).weightsPull },
  { name: "weights list", summary: "Published weights, their licences, and which are at hand", load: async () => (await import("./weights.js")).weightsList },
  { name: "weights import", summary: "Check a file of weights against a network, and write it as safetensors or ONNX", load: async () => (await import("./weights-import.js")).weightsImport },
  { name: "weights inspect", summary: "Show the tensors in a file of weights", load: async () => (await import("./weights-inspect.js")).weightsInspect },
  { name: "models", summary: "List the networks, or draw one with its layers and shapes", load: async () => (await import("./models.js")).models },
  { name: "models import", summary: "Check that an ONNX classifier from elsewhere can be trained here", load: async () => (await import("./models-import.js")).modelsImport },
  { name: "phantom make", summary: "Generate radiographs and disc MRI with known truth", load: async () => (await import("./phantom-make.js")).phantomMake },
  { name: "phantom pretrain", summary: "Train a network on simulated images, as a start for real ones", load: async () => (await import("./phantom-pretrain.js")).phantomPretrain },
  { name: "dicom inspect", summary: "Show the header, the geometry and the pixels of a DICOM file", load: async () => (await import("./dicom-inspect.js")).dicomInspect },
  { name: "dicom tree", summary: "List the patients, studies and series of a folder or ZIP archive", load: async () => (await import("./dicom-tree.js")).dicomTree },
  { name: "dicom deidentify", summary: "Take the patient out of DICOM files", load: async () => (await import("./dicom-deidentify.js")).dicomDeidentify },
  { name: "demo", summary: "The main job on generated radiographs, in about two minutes", load: async () => (await import("./demo.js")).demo },
  { name: "doctor", summary: "Check this machine and this installation", load: async () => (await import("./doctor.js")).doctor },
];
