// The package's door for programs: what takes images from a folder to a verified study and a model to its answers.
// `osteon/stats` and `osteon/browser` are doors of their own.
export { DataError, InputError, type OnProgress, OsteonError, type Progress, UnsupportedError } from "./base/index.js";
export { auditLeaks, type Case, type Dataset, loadDataset, splits } from "./data/index.js";
export { createPseudonyms, deidentifyFile, parseDicom, renderFrame, writeResults } from "./dicom/index.js";
export { createExplainer, measureQuality, measures, methods, overlay } from "./explain/index.js";
export { decodeImage, type DecodedImage, placement, type Preprocessing, prepare, readImageFile, toImageFrame } from "./images/index.js";
export { architectures, type Bundle, type BundleMetadata, openPredictor, type Predictor, readBundle, writeBundle } from "./models/index.js";
export { makeDiscMri, makeRadiograph, makeWholeSpineAp, writePhantomDataset } from "./phantom/index.js";
export { compareRuns, parseRecipe, runStudy, type StudyOptions, type StudyOutcome, type StudyResults, studyReaders, trainModel, verifyRun } from "./study/index.js";
