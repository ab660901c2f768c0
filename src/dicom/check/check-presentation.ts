import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { errorAt, type Finding } from "./contract.js";

function referenced(dataset: Dataset, sequence: string): string[] {
  return dataset.items(sequence).map((item) => item.text("ReferencedSOPInstanceUID") ?? "");
}

/** Annotations of a presentation state that lie outside the image, on no layer, or on no image of it. */
export function checkPresentation({ dataset }: DicomFile): Finding[] {
  const areas = dataset.items("DisplayedAreaSelectionSequence");
  if (areas.length === 0) return [];
  const images = new Set(dataset.items("ReferencedSeriesSequence").flatMap((series) => referenced(series, "ReferencedImageSequence")));
  const layers = new Set(dataset.items("GraphicLayerSequence").map((layer) => layer.text("GraphicLayer")));
  const [columns, rows] = areas[0]!.numbers("DisplayedAreaBottomRightHandCorner");
  const findings: Finding[] = [];
  for (const [i, area] of areas.entries()) if (!referenced(area, "ReferencedImageSequence").every((uid) => images.has(uid))) findings.push(errorAt("reference", `DisplayedAreaSelectionSequence[${i + 1}]`, "names an image that the state does not refer to."));
  dataset.items("GraphicAnnotationSequence").forEach((annotation, i) => {
    const place = `GraphicAnnotationSequence[${i + 1}]`;
    if (!layers.has(annotation.text("GraphicLayer"))) findings.push(errorAt("graphic", place, "lies on a layer that is not there."));
    if (!referenced(annotation, "ReferencedImageSequence").every((uid) => images.has(uid))) findings.push(errorAt("reference", place, "names an image that the state does not refer to."));
    annotation.items("GraphicObjectSequence").forEach((graphic, k) => {
      const data = graphic.numbers("GraphicData");
      const where = `${place}.GraphicObjectSequence[${k + 1}]`;
      if (data.length !== 2 * (graphic.number("NumberOfGraphicPoints") ?? -1)) findings.push(errorAt("graphic", where, "has another number of points than NumberOfGraphicPoints."));
      const isOutside = graphic.text("GraphicAnnotationUnits") === "PIXEL" && columns !== undefined && rows !== undefined && data.some((value, n) => value < 0 || value > (n % 2 === 0 ? columns : rows));
      if (isOutside) findings.push(errorAt("graphic", where, "has points outside the displayed area."));
    });
  });
  return findings;
}
