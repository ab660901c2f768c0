/** Modalities that are one kind of picture under several names. */
const modalities: Readonly<Record<string, string>> = { CR: "radiograph", DX: "radiograph", RG: "radiograph", RF: "radiograph", XRAY: "radiograph", XR: "radiograph", RADIOGRAPH: "radiograph", MRI: "MR" };

const views: Readonly<Record<string, string>> = {
  AP: "frontal", PA: "frontal", FRONTAL: "frontal", CORONAL: "frontal", ANTEROPOSTERIOR: "frontal", POSTEROANTERIOR: "frontal",
  LL: "lateral", RL: "lateral", LAT: "lateral", LATERAL: "lateral", SAGITTAL: "lateral", LEFTLATERAL: "lateral", RIGHTLATERAL: "lateral", LLAT: "lateral", RLAT: "lateral",
  RLO: "oblique", LLO: "oblique", OBL: "oblique", OBLIQUE: "oblique",
};

/** Regions of the spine by what their names hold: general names hold all of it. */
const spine: Readonly<Record<string, string>> = {
  CSPINE: "C", CERVICALSPINE: "C", TSPINE: "T", THORACICSPINE: "T", DSPINE: "T", LSPINE: "L", LUMBARSPINE: "L", SSPINE: "S", SACRUM: "S", LSSPINE: "LS", LUMBOSACRALSPINE: "LS",
  TLSPINE: "TL", THORACOLUMBARSPINE: "TL", CTSPINE: "CT", SPINE: "CTLS", WHOLESPINE: "CTLS", WSPINE: "CTLS", FULLSPINE: "CTLS",
};

/** Views that are told with the body part, such as lumbar-lateral. */
function viewOf(word: string): string {
  const known = views[word];
  if (known !== undefined) return known;
  return word.endsWith("LATERAL") ? "lateral" : /^(WHOLESPINE|LUMBAR|THORACIC|CERVICAL|CHEST|PELVIS|KNEE|ANKLE)(AP|PA)$/.test(word) ? "frontal" : word;
}

function plain(word: string): string {
  return word.normalize("NFKD").toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** What two words of one kind have in common, by kind of fact. */
const same: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  modality: (a, b) => (modalities[a] ?? a) === (modalities[b] ?? b),
  view: (a, b) => viewOf(a) === viewOf(b),
  bodyPart: (a, b) => {
    const [one, other] = [spine[a], spine[b]];
    return one !== undefined && other !== undefined ? one.split("").some((part) => other.includes(part)) : a === b;
  },
  manufacturer: (a, b) => a.startsWith(b) || b.startsWith(a),
};

/**
 * Whether two words mean the same or overlap: CR, DX and RG are all radiographs; AP and PA are both frontal; SPINE holds
 * LSPINE.
 */
export function isSameTerm(kind: "modality" | "bodyPart" | "view" | "manufacturer", a: string, b: string): boolean {
  const [one, other] = [plain(a), plain(b)];
  return one === other || (one !== "" && other !== "" && same[kind]!(one, other));
}
