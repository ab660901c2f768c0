import { isTextVr, type Dataset } from "../dataset.js";
import { attributeOf } from "../dictionary/index.js";
import type { Value, Values } from "./build-dataset.js";

/** Who somebody is and which study it is: kept as the source has them, even where they break a rule of length. */
const identifying = new Set(["PatientName", "PatientID", "IssuerOfPatientID", "StudyInstanceUID", "StudyID", "AccessionNumber"]);

/** Patient and study of a result are those of its source. Empty ones stay: their absence would be an error. */
const required = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber"];
const optional = [
  "IssuerOfPatientID", "IssuerOfPatientIDQualifiersSequence", "PatientSpeciesDescription", "PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence", "StudyDescription", "IssuerOfAccessionNumberSequence", "ProcedureCodeSequence",
  "PatientAge", "TimezoneOffsetFromUTC",
];

const uid = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/;
const enumerated: Readonly<Record<string, readonly string[]>> = { PatientSex: ["M", "F", "O"], PatientIdentityRemoved: ["YES", "NO"], Laterality: ["L", "R"], ImageLaterality: ["L", "R", "U", "B"] };

/** A date or time as the standard of today writes it, where an older one did otherwise. */
function modern(text: string, vr: string): string {
  if (vr === "DA") return text.replace(/^(\d{4})[.-](\d{2})[.-](\d{2})$/, "$1$2$3");
  return vr === "TM" ? text.replace(/^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/, "$1$2$3") : text;
}

function isDate(text: string): boolean {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6)].map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return /^\d{8}$/.test(text) && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const longest: Readonly<Record<string, number>> = { SH: 16, LO: 64, CS: 16, AE: 16, ST: 1024, LT: 10240, UC: Infinity, UT: Infinity };

/** Whether a text is one that its representation allows. */
export function isValidText(text: string, vr: string): boolean {
  if (text === "") return true;
  switch (vr) {
    case "DA": return isDate(text);
    case "TM": return /^(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?$/.test(text);
    case "DT": return /^\d{4}(?:\d{2}){0,5}(?:\.\d{1,6})?(?:[+-]\d{4})?$/.test(text);
    case "AS": return /^\d{3}[DWMY]$/.test(text);
    case "CS": return /^[A-Z0-9 _]{1,16}$/.test(text);
    case "UI": return text.length <= 64 && uid.test(text);
    case "IS": return /^[+-]?\d{1,11}$/.test(text) && Math.abs(Number(text)) < 2 ** 31;
    case "DS": return text.length <= 16 && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
    case "PN": return !/\p{Cc}/u.test(text) && text.split("=").length <= 3 && text.split("=").every((group) => Array.from(group).length <= 64 && group.split("^").length <= 5);
    default: return !(vr === "ST" || vr === "LT" || vr === "UT" ? /[^\P{Cc}\t\n\r\f]/u : /[\p{Cc}\\]/u).test(text) && Array.from(text).length <= (longest[vr] ?? Infinity);
  }
}

export interface CopiedAttributes {
  readonly values: Values;
  /** Keywords whose value no object may carry; they were emptied or left out. */
  readonly dropped: readonly string[];
  /** Keywords of identifiers that break a rule and were kept all the same. */
  readonly kept: readonly string[];
}

/** Reads single attributes, decoded, so that they can be written in another character set. */
export function copyAttributes(dataset: Dataset, keywords: readonly string[]): CopiedAttributes {
  const values: Record<string, Value> = {};
  const [dropped, kept]: [string[], string[]] = [[], []];
  for (const keyword of keywords) {
    const element = dataset.element(keyword);
    if (element === undefined) continue;
    if (element.items !== undefined) {
      const items = element.items.map((item) => copyAll(item)).filter((item) => Object.keys(item).length > 0);
      if (items.length > 0) values[keyword] = items;
      continue;
    }
    const vr = attributeOf(element.tag)!.vr;
    const texts = dataset.texts(keyword).map((text) => modern(text, vr));
    const allowed = enumerated[keyword];
    const isValid = texts.every((text) => isValidText(text, vr) && (allowed === undefined || text === "" || allowed.includes(text)));
    if (isValid) values[keyword] = texts.join("\\");
    else if (identifying.has(keyword) && vr !== "UI") {
      values[keyword] = texts.join(" ").replaceAll(/[\p{Cc}\\]+/gu, " ");
      kept.push(keyword);
    } else if (identifying.has(keyword)) {
      values[keyword] = texts[0]!;
      kept.push(keyword);
    } else dropped.push(keyword);
  }
  return { values, dropped, kept };
}

/** Every attribute of an item that this program knows and that is text or a number. */
function copyAll(item: Dataset): Values {
  const values: Record<string, Value> = {};
  for (const element of item.elements.values()) {
    const keyword = attributeOf(element.tag)?.keyword;
    if (keyword === undefined || (element.tag & 0xffff) === 0) continue;
    if (element.items !== undefined || isTextVr(attributeOf(element.tag)!.vr)) Object.assign(values, copyAttributes(item, [keyword]).values);
  }
  return values;
}

/** The attributes of patient and study that every object made from the image shares with it. */
export function copyPatientAndStudy(dataset: Dataset): CopiedAttributes {
  const copied = copyAttributes(dataset, [...required, ...optional]);
  const values: Record<string, Value | undefined> = { ...Object.fromEntries(required.map((keyword) => [keyword, ""])), ...copied.values };
  // Removed identity has to be explained: a source that does not is not made better by silence.
  if (values["PatientIdentityRemoved"] === "YES" && !values["DeidentificationMethod"] && values["DeidentificationMethodCodeSequence"] === undefined) values["DeidentificationMethod"] = "Not stated by the source image";
  if (values["PatientIdentityRemoved"] === "") delete values["PatientIdentityRemoved"];
  return { ...copied, values };
}
