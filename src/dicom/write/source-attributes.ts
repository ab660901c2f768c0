import { isTextVr, type Dataset } from "../dataset.js";
import { attributeOf } from "../dictionary/index.js";
import type { Value, Values } from "./build-dataset.js";
import { replacementUid } from "./result-uid.js";

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
  /** Decoded text, to be written in any character set. */
  readonly values: Values;
  /** The same with the bytes of text as they were; undefined where those are of no character set that the source names. */
  readonly asStored?: Values;
  /** Keywords whose value no object may carry; they were emptied or left out. */
  readonly dropped: readonly string[];
  /** Keywords of identifiers that break a rule and were kept all the same. */
  readonly kept: readonly string[];
}

interface CopyOptions {
  /** Leave text in the character set it is in. */
  readonly asStored: boolean;
  readonly malformedUids: "replaced" | "kept";
}

/** Reads single attributes: text decoded, so that it can be written in another character set, or as it is stored. */
function copyAttributes(dataset: Dataset, keywords: readonly string[], options: CopyOptions): Omit<CopiedAttributes, "asStored"> {
  const values: Record<string, Value> = {};
  const [dropped, kept]: [string[], string[]] = [[], []];
  for (const keyword of keywords) {
    const element = dataset.element(keyword);
    if (element === undefined) continue;
    if (element.items !== undefined) {
      const items = element.items.map((item) => copyAll(item, options)).filter((item) => Object.keys(item).length > 0);
      if (items.length > 0) values[keyword] = items;
      continue;
    }
    const vr = attributeOf(element.tag)!.vr;
    const texts = dataset.texts(keyword).map((text) => modern(text, vr));
    const allowed = enumerated[keyword];
    const isValid = texts.every((text) => isValidText(text, vr) && (allowed === undefined || text === "" || allowed.includes(text)));
    const isPlain = element.bytes.every((byte) => byte < 0x80 && byte !== 0x1b);
    if (isValid) values[keyword] = options.asStored && !isPlain ? element.bytes : texts.join("\\");
    else if (identifying.has(keyword) && vr !== "UI") {
      values[keyword] = options.asStored && !isPlain ? element.bytes : texts.join(" ").replaceAll(/[\p{Cc}\\]+/gu, " ");
      kept.push(keyword);
    } else if (identifying.has(keyword)) {
      values[keyword] = options.malformedUids === "kept" ? texts[0]! : replacementUid(texts[0]!);
      if (options.malformedUids === "kept") kept.push(keyword);
    } else dropped.push(keyword);
  }
  return { values, dropped, kept };
}

/** Every attribute of an item that this program knows and that is text or a number. */
function copyAll(item: Dataset, options: CopyOptions): Values {
  const values: Record<string, Value> = {};
  for (const element of item.elements.values()) {
    const keyword = attributeOf(element.tag)?.keyword;
    if (keyword === undefined || (element.tag & 0xffff) === 0) continue;
    if (element.items !== undefined || isTextVr(attributeOf(element.tag)!.vr)) Object.assign(values, copyAttributes(item, [keyword], options).values);
  }
  return values;
}

/** The attributes of patient and study that every object made from the image shares with it. */
export function copyPatientAndStudy(dataset: Dataset, malformedUids: CopyOptions["malformedUids"] = "replaced"): CopiedAttributes {
  const decoded = copyAttributes(dataset, [...required, ...optional], { asStored: false, malformedUids });
  const sets = dataset.characterSets;
  const named = sets.length > 0 && sets.every((set, i) => knownSets.test(set) || (set === "" && i === 0));
  const stored = named ? copyAttributes(dataset, [...required, ...optional], { asStored: true, malformedUids }).values : undefined;
  return { ...decoded, values: complete(decoded.values), ...(stored && { asStored: { ...complete(stored), SpecificCharacterSet: sets.join("\\") } }) };
}

/** Character sets that the standard defines, with and without code extensions. */
const knownSets = /^(?:ISO_IR (?:6|13|100|101|109|110|126|127|138|144|148|166|192|203)|ISO 2022 IR (?:6|13|58|87|100|101|109|110|126|127|138|144|148|149|159|166|203)|GB18030|GBK)$/;

/** With what has to be there, at least empty. */
function complete(copied: Values): Values {
  const values: Record<string, Value | undefined> = { ...Object.fromEntries(required.map((keyword) => [keyword, ""])), ...copied };
  // Removed identity has to be explained: a source that does not is not made better by silence.
  if (values["PatientIdentityRemoved"] === "YES" && !values["DeidentificationMethod"] && values["DeidentificationMethodCodeSequence"] === undefined) values["DeidentificationMethod"] = "Not stated by the source image";
  if (values["PatientIdentityRemoved"] === "") delete values["PatientIdentityRemoved"];
  return values;
}
