import { InputError } from "../../base/index.js";
import { Dataset, isInternationalVr, isTextVr, textsOf, widthOf, type Element } from "../dataset.js";
import { attributeOf, formatTag, isPrivate } from "../dictionary/index.js";
import { buildElement, encodeText } from "../write/build-dataset.js";
import { cleanDescription } from "./clean-text.js";
import { dummyDate, isDateOrTime, moveBack } from "./dates.js";
import { collectIdentityWords, holdsIdentity } from "./identity-words.js";
import { actionFor, optionNames, profileRowOf, type OptionName, type ProfileAction } from "./profile.js";
import type { Pseudonyms } from "./pseudonyms.js";
import { isSafePrivate } from "./safe-private.js";

export interface ProfileChoice {
  readonly pseudonyms: Pseudonyms;
  /** Options of the profile beside its basic part. */
  readonly options: ReadonlySet<OptionName>;
}

/** What was done with an attribute; values are never told. */
export interface Change {
  /** Keyword, or tag of a private or unknown element. */
  readonly attribute: string;
  readonly done: "removed" | "emptied" | "replaced" | "cleaned";
}

const none = new Uint8Array(0);
const standardUid = /^1\.2\.840\.10008\.[0-9.]+$/;
const uid = /^[0-9]+(\.[0-9]+)+$/;
const tags = { patientName: 0x00100010, patientId: 0x00100020, sopClass: 0x00080016 };
/** Values of the object's structure, which no name can be. */
const structural = new Set([0x00080008, 0x00080060, 0x00280004, 0x00080068, 0x00280301]);
const standardSchemes = new Set(["DCM", "SCT", "SRT", "SNM3", "99SDM", "RADLEX", "LN", "UCUM", "FMA", "UMLS", "NCIt"]);
const dummies: Readonly<Record<string, string>> = { PN: "Anonymous", AS: "000Y", DS: "0", IS: "0", UR: "about:blank" };
const dateVrs = new Set(["DA", "TM", "DT"]);

/** Who the patient is, for pseudonyms: the number, else the name and birth date, else the study. */
export function identityOf(dataset: Dataset): string {
  const id = dataset.text("PatientID");
  if (id !== undefined) return `id\n${dataset.text("IssuerOfPatientID") ?? ""}\n${id}`;
  const name = dataset.text("PatientName");
  return name === undefined ? `study\n${dataset.text("StudyInstanceUID") ?? dataset.text("SOPInstanceUID") ?? ""}` : `name\n${name}\n${dataset.text("PatientBirthDate") ?? ""}`;
}

/**
 * De-identifies a data set by the Basic Application Confidentiality Profile and the chosen options. What the dictionary
 * does not know is removed; what the profile leaves alone is kept only if it is what its representation says and repeats
 * nothing that identifies the patient. Text becomes UTF-8.
 * @throws InputError `profile-options` where options contradict each other
 * @see DICOM PS3.15 2024b, annex E; codes of the options: PS3.16 CID 7050
 */
export function deidentifyDataset(dataset: Dataset, choice: ProfileChoice): { dataset: Dataset; changes: Change[] } {
  const { options } = choice;
  if (options.has("retain-full-dates") && options.has("retain-modified-dates")) {
    throw new InputError("profile-options", "profile options: expected full dates or modified dates, got both. Choose one of them.");
  }
  const work = new Deidentification(dataset, choice);
  const result = work.clean(dataset);
  const codes = [{ code: "113100", meaning: "Basic Application Confidentiality Profile" }, ...[...options].sort().map((name) => optionNames[name])];
  const written = {
    SpecificCharacterSet: "ISO_IR 192",
    PatientName: work.pseudonym,
    PatientID: work.pseudonym,
    PatientIdentityRemoved: "YES",
    DeidentificationMethod: "DICOM PS3.15 2024b Table E.1-1",
    DeidentificationMethodCodeSequence: codes.map(({ code, meaning }) => ({ CodeValue: code, CodingSchemeDesignator: "DCM", CodeMeaning: meaning })),
    LongitudinalTemporalInformationModified: options.has("retain-full-dates") ? "UNMODIFIED" : options.has("retain-modified-dates") ? "MODIFIED" : "REMOVED",
  };
  for (const [keyword, value] of Object.entries(written)) result.set(buildElement(keyword, value, { parent: result }));
  return { dataset: result, changes: work.changes };
}

class Deidentification {
  readonly changes: Change[] = [];
  readonly pseudonym: string;
  readonly #choice: ProfileChoice;
  readonly #words: ReadonlySet<string>;
  readonly #days: number;

  constructor(dataset: Dataset, choice: ProfileChoice) {
    const identity = identityOf(dataset);
    this.#choice = choice;
    this.pseudonym = choice.pseudonyms.patient(identity);
    this.#days = choice.pseudonyms.daysBack(identity);
    this.#words = collectIdentityWords(dataset);
  }

  clean(source: Dataset, parent?: Dataset): Dataset {
    const result = new Dataset(source.littleEndian, parent);
    for (const element of source.elements.values()) {
      const { tag } = element;
      // Group lengths would be wrong, and what fills a file up may hold anything.
      if ((tag & 0xffff) === 0 || tag === 0xfffcfffc || tag === 0x00080005) continue;
      const kept = isPrivate(tag) ? this.#cleanPrivate(element, source, result) : this.#cleanElement(element, source, result);
      if (kept === undefined) this.#note(tag, "removed");
      else result.set(kept);
    }
    return result;
  }

  #note(tag: number, done: Change["done"]): void {
    this.changes.push({ attribute: attributeOf(tag)?.keyword ?? formatTag(tag), done });
  }

  /** Private elements go, but measurements of the safe list; these bring their creator. */
  #cleanPrivate(element: Element, source: Dataset, result: Dataset): Element | undefined {
    const { tag } = element;
    if (!this.#choice.options.has("retain-safe-private") || (tag & 0xffff) < 0x1000) return undefined;
    const creatorTag = (((tag >>> 16) << 16) | ((tag >>> 8) & 0xff)) >>> 0;
    const creator = source.text(creatorTag);
    if (!isSafePrivate(creator, tag, { vr: element.vr, numbers: source.numbers(tag) })) return undefined;
    result.set({ tag: creatorTag, vr: "LO", bytes: encodeText(creator!, "LO") });
    return element;
  }

  #cleanElement(element: Element, source: Dataset, result: Dataset): Element | undefined {
    const known = attributeOf(element.tag);
    if (known === undefined && profileRowOf(element.tag) === undefined) return undefined;
    const vr = settleVr(element.vr, known?.vr);
    if (vr === undefined) return undefined;
    const typed = vr === element.vr ? element : { ...element, vr };
    const row = profileRowOf(element.tag);
    if (row === undefined) return this.#keep(typed, source, result);
    return this.#act(actionFor(row, this.#choice.options), typed, { source, result });
  }

  #act(action: ProfileAction, element: Element, { source, result }: { source: Dataset; result: Dataset }): Element | undefined {
    const { tag, vr } = element;
    if (tag === tags.patientName || tag === tags.patientId) {
      this.#note(tag, "replaced");
      return { tag, vr, bytes: encodeText(this.pseudonym, vr) };
    }
    if (action === "X") return undefined;
    if (action === "K") return this.#keep(element, source, result, { isRetained: true });
    if (action === "C") return this.#cleanValue(element, source, result);
    if (action === "Z" || action === "X/Z") {
      this.#note(tag, "emptied");
      return { tag, vr, bytes: none, ...(vr === "SQ" && { items: [] }) };
    }
    if (action === "U" || action === "X/Z/U*") {
      if (vr === "SQ") return this.#keep(element, source, result);
      this.#note(tag, "replaced");
      return this.#otherUids(element, source);
    }
    this.#note(tag, "replaced");
    return this.#dummy(element, source, result);
  }

  /** Other UIDs, the same ones wherever they occur; those of the standard stay. */
  #otherUids(element: Element, source: Dataset): Element {
    const values = textsOf(element, source).map((value) => (value === "" || standardUid.test(value) ? value : this.#choice.pseudonyms.uid(value)));
    return { ...element, bytes: encodeText(values.join("\\"), "UI") };
  }

  #dummy(element: Element, source: Dataset, parent: Dataset): Element {
    const { tag, vr, items } = element;
    if (items !== undefined || vr === "SQ") {
      const first = items?.[0];
      return { tag, vr: "SQ", bytes: none, items: first === undefined ? [] : [this.#dummyItem(first, parent)] };
    }
    if (vr === "UI") return this.#otherUids(element, source);
    if (isTextVr(vr)) return { tag, vr, bytes: encodeText(dateVrs.has(vr) ? dummyDate(vr) : (dummies[vr] ?? "ANONYMIZED"), vr) };
    return { tag, vr, bytes: new Uint8Array(widthOf(vr) === undefined || vr.startsWith("O") ? 2 : widthOf(vr)!) };
  }

  #dummyItem(item: Dataset, parent: Dataset): Dataset {
    const result = new Dataset(item.littleEndian, parent);
    for (const element of item.elements.values()) {
      const known = attributeOf(element.tag);
      if (known === undefined || isPrivate(element.tag) || (element.tag & 0xffff) === 0 || element.tag === 0x00080005) continue;
      const vr = settleVr(element.vr, known.vr);
      if (vr !== undefined && element.fragments === undefined) result.set(this.#dummy({ ...element, vr }, item, result));
    }
    return result;
  }

  /** Keeps a value that is what its representation says. */
  #keep(element: Element, source: Dataset, parent: Dataset, { isRetained = false } = {}): Element | undefined {
    const { tag, vr, items } = element;
    if (vr === "SQ") return { tag, vr, bytes: none, items: (items ?? []).map((item) => this.clean(item, parent)) };
    if (vr === "UI") {
      const values = textsOf(element, source);
      if (!values.every((value) => value === "" || uid.test(value))) return undefined;
      const stays = isRetained || tag === tags.sopClass || values.every((value) => value === "" || standardUid.test(value));
      return stays ? { tag, vr, bytes: encodeText(values.join("\\"), vr) } : this.#otherUids(element, source);
    }
    if (!isTextVr(vr)) return element.fragments === undefined && vr === "UN" ? undefined : element;
    const values = textsOf(element, source);
    if ((vr === "DS" || vr === "IS") && !values.every((value) => value === "" || Number.isFinite(Number(value)))) return undefined;
    if (vr === "AS" && !values.every((value) => value === "" || /^\d{3}[DWMY]$/.test(value))) return undefined;
    if (dateVrs.has(vr) && !values.every((value) => value === "" || isDateOrTime(value, vr))) return undefined;
    if (vr === "UR") return undefined;
    // Coded words are plain ones; anything else in their place is somebody's text.
    if (vr === "CS" && !values.every((value) => /^[A-Za-z0-9_ .+/-]*$/.test(value))) return undefined;
    if (!isInternationalVr(vr) && !values.every((value) => /^[\x20-\x7e]*$/.test(value))) return undefined;
    if (!isRetained && !structural.has(tag) && holdsIdentity(values.join(" "), this.#words)) {
      this.#note(tag, "emptied");
      return { tag, vr, bytes: none };
    }
    return isInternationalVr(vr) ? { tag, vr, bytes: encodeText(values.join("\\"), vr) } : element;
  }

  #cleanValue(element: Element, source: Dataset, result: Dataset): Element | undefined {
    const { tag, vr } = element;
    this.#note(tag, "cleaned");
    if (vr === "SQ") return { tag, vr, bytes: none, items: (element.items ?? []).flatMap((item) => this.#cleanContent(item, result)) };
    const values = textsOf(element, source);
    if (dateVrs.has(vr)) return { tag, vr, bytes: encodeText(values.map((value) => (value === "" ? "" : isDateOrTime(value, vr) ? moveBack(value, vr, this.#days) : dummyDate(vr))).join("\\"), vr) };
    if (!isTextVr(vr)) return undefined;
    const cleaned = values.map((value) => (holdsIdentity(cleanDescription(value), this.#words) ? "" : cleanDescription(value)));
    return { tag, vr, bytes: encodeText(cleaned.join("\\"), vr) };
  }

  /** Items of structured content that are codes of a standard or numbers; drawn objects without their text. */
  #cleanContent(item: Dataset, parent: Dataset): Dataset[] {
    const type = item.text("ValueType");
    if (type !== undefined && !["CONTAINER", "CODE", "NUM", "SCOORD", "IMAGE"].includes(type)) return [];
    const bare = new Dataset(item.littleEndian, item.parent);
    for (const element of item.elements.values()) if (attributeOf(element.tag)?.keyword !== "TextObjectSequence") bare.set(element);
    const cleaned = this.clean(bare, parent);
    const codes = [cleaned, ...[...cleaned.elements.values()].flatMap((element) => element.items ?? [])];
    return codes.every((one) => !one.has("CodeMeaning") || standardSchemes.has(one.text("CodingSchemeDesignator") ?? "")) ? [cleaned] : [];
  }
}

/** The representation to go on with: the dictionary's, where the file says another that could hide text in numbers. */
function settleVr(told: string, known: string | undefined): string | undefined {
  if (known === undefined) return told;
  if (known === "xs") return ["US", "SS"].includes(told) ? told : undefined;
  if (known === "ox") return ["OB", "OW"].includes(told) ? told : told === "UN" ? "OB" : undefined;
  if (known === "lt") return ["US", "SS", "OW"].includes(told) ? told : undefined;
  if (told === known || told === "UN") return known;
  return isTextVr(told) && isTextVr(known) ? known : undefined;
}
