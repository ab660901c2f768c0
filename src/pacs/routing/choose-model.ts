import { readAcquisition, type Acquisition, type DicomFile } from "../../dicom/index.js";
import type { Conditions, Rule } from "./rules.js";

/** What rules look at. */
export interface RoutedImage extends Acquisition {
  /** Free text: compared, never told. */
  readonly descriptions: readonly string[];
}

export type Route = { readonly rule: Rule } | { readonly reasons: readonly string[] };

export function readRoutedImage(file: DicomFile): RoutedImage {
  const descriptions = ["StudyDescription", "SeriesDescription", "ProtocolName"].flatMap((keyword) => file.dataset.text(keyword) ?? []);
  return { ...readAcquisition(file), descriptions };
}

/** A word with `*` and `?` as a pattern over a whole value. */
function pattern(word: string): RegExp {
  const escaped = word.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "isu");
}

const listed = (list: readonly string[]): string => list.join(", ");

/** Why an image does not fit; undefined where it does. Reasons tell coded words of the header and never free text. */
function misfit(image: RoutedImage, { age, description, ...coded }: Conditions): string | undefined {
  const titles = { modality: "modality", bodyPart: "body part", view: "view", laterality: "laterality", manufacturer: "manufacturer" } as const;
  for (const key of Object.keys(titles) as (keyof typeof titles)[]) {
    const wanted = coded[key];
    const value = image[key];
    if (wanted === undefined || wanted.some((word) => value !== undefined && pattern(word).test(value))) continue;
    return `${titles[key]} ${value ?? "not told"}, wanted ${listed(wanted)}`;
  }
  if (age !== undefined) {
    const { from = 0, to = 150 } = age;
    if (image.ageYears === undefined) return "age not told";
    if (image.ageYears < from || image.ageYears > to) return `age outside ${from} to ${to} years`;
  }
  if (description !== undefined && !description.some((word) => image.descriptions.some((text) => pattern(`*${word}*`).test(text)))) return `no description contains ${listed(description)}`;
  return undefined;
}

/** The first rule that fits decides; where none does, each says why. */
export function chooseModel(rules: readonly Rule[], image: RoutedImage): Route {
  const reasons: string[] = [];
  for (const rule of rules) {
    const { name, when, unless } = rule;
    const reason = misfit(image, when) ?? (unless !== undefined && misfit(image, unless) === undefined ? "is excepted" : undefined);
    if (reason === undefined) return { rule };
    reasons.push(`rule ${name}: ${reason}`);
  }
  return { reasons };
}
