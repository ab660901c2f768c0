/** Columns of labels.csv in their order, each with what it says. */
export const tableColumns = {
  file: "the image, relative to the table",
  label: "the class; wrong on purpose under label noise",
  patient: "one person",
  study: "one visit of a person: images of one study were taken together",
  region: "mask of the clinically relevant region, 0 or 255",
  boxes: "box around the region: row column height width, in pixels",
  vertebrae: "mask of every vertebral body: 1 is S1, 2 is L5 and so on upward",
  discs: "mask of every disc: 2 is L5-S1, 3 is L4-L5 and so on upward (on MRI 1 is L5-S1)",
  lesions: "mask of lesions, 0 or 255; empty where there is none",
  apex: "mask of the apical vertebra and its neighbors; empty where there is no curve",
  split: "train or test, where the data set has a split",
  hospital: "whose way of taking images this is, where there are several",
  visit: "1, 2, ... of this patient",
  view: "how the image was taken",
  posture: "neutral, flexion or extension",
  condition: "what was simulated; classes may hold several conditions",
  grade: "grade of the condition in the words of its scale",
  level: "vertebra or disc (by the vertebra above it) the finding is at",
  cobb_deg: "largest Cobb angle of the frontal spine C7 to L5, in view or not, degrees",
  curve_type: "type of a scoliotic curve",
  upper_end: "upper end vertebra of the Cobb angle",
  lower_end: "lower end vertebra of the Cobb angle",
  apex_level: "apical vertebra",
  convexity: "side the curve bulges to",
  slip_mm: "largest slip of L3 to L5 as projected, forward positive; on lateral views",
  slip_level: "vertebra that slips most",
  pfirrmann: "grade of the disc, 1 to 5; on MRI",
  canal_mm: "depth of the canal behind the disc; on MRI",
  herniation_mm: "how far a herniation reaches behind the bodies; on MRI",
  sex: "F or M",
  age_years: "age",
  spacing_mm: "side of a pixel in the plane of the spine",
  width: "columns of the image",
  height: "rows of the image",
  marker: "side marker on the image",
  objects: "metal on or in the patient",
  film: "yes: a photograph of a film",
  inverted: "yes: bone is dark",
  true_label: "the class that is so",
  duplicate_of: "image that this one nearly equals, where it is a near-duplicate",
  seed: "names the random numbers of the data set",
  index: "number of the person in the seed's stream",
} as const satisfies Record<string, string>;

export type TableColumn = keyof typeof tableColumns;

/** Columns of reads.csv. */
export const readColumns = {
  reader: "who read",
  case: "the image, as labels.csv names it",
  label: "the reader's answer",
  confidence: "how sure the reader says to be, 0.5 to 1",
  group: "readers of one profession",
  condition: "unaided: without a network's help",
  seconds: "time taken",
  simulated: "yes: a computer made the read up",
} as const satisfies Record<string, string>;

/** A row of a CSV; cells that hold separators or quotes are quoted (RFC 4180). */
export function csvRow(cells: readonly (string | number)[]): string {
  return cells.map((cell) => (/[",\n\r]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell))).join(",");
}
