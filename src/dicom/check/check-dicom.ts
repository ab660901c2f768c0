import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { OsteonError } from "../../base/index.js";
import { withFileErrors } from "../../files/index.js";
import { parseDicom } from "../parse/parse-dicom.js";
import { checkContent } from "./check-content.js";
import { checkImage } from "./check-image.js";
import { checkPresentation } from "./check-presentation.js";
import { checkMeta, checkValues } from "./check-values.js";
import type { Check, Finding } from "./contract.js";
import { checkRequired, titleOfClass } from "./required-attributes.js";
import { runDciodvfy } from "./run-dciodvfy.js";

export interface DicomCheck {
  readonly sopClassUid?: string;
  /** What the SOP class is called, where this program knows what belongs into it. */
  readonly sopClass?: string;
  /** Errors first. */
  readonly findings: readonly Finding[];
  readonly errors: number;
  readonly warnings: number;
  /** Whether dciodvfy was asked, too. */
  readonly askedDciodvfy: boolean;
}

export interface CheckOptions {
  /** How findings call the file. */
  readonly name?: string;
  /** Ask dciodvfy where it is installed; default true. */
  readonly dciodvfy?: boolean;
}

const checks: readonly Check[] = [checkMeta, checkRequired, checkValues, checkImage, checkContent, checkPresentation];

/**
 * Checks a DICOM file: its structure, the attributes that its SOP class demands, values, pixels, the tree of a report, the
 * drawings of a presentation state; and asks dciodvfy of dicom3tools, where that is on the PATH. Findings name attributes and
 * places, never values.
 * @param input path of a file, or its bytes
 * @throws DataError `file-...` where the file cannot be read
 */
export async function checkDicom(input: string | Uint8Array, options: CheckOptions = {}): Promise<DicomCheck> {
  const name = options.name ?? (typeof input === "string" ? path.basename(input) : "file");
  const bytes = typeof input === "string" ? await withFileErrors(name, () => readFile(input)) : input;
  const { sopClassUid, findings, deflated } = ownFindings(bytes, name);
  // It cannot inflate, and would call every deflated file damaged.
  const asked = options.dciodvfy === false || deflated ? undefined : await askDciodvfy(input, bytes);
  const all = [...findings, ...(asked ?? [])].sort((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
  const errors = all.filter(({ severity }) => severity === "error").length;
  const title = titleOfClass(sopClassUid ?? "");
  return { ...(sopClassUid !== undefined && { sopClassUid }), ...(title !== undefined && { sopClass: title }), findings: all, errors, warnings: all.length - errors, askedDciodvfy: asked !== undefined };
}

function ownFindings(bytes: Uint8Array, name: string): { readonly sopClassUid?: string; readonly findings: readonly Finding[]; readonly deflated?: boolean } {
  try {
    const file = parseDicom(bytes, { name });
    return { sopClassUid: file.dataset.text("SOPClassUID"), findings: checks.flatMap((check) => check(file)), deflated: file.transferSyntax.deflated };
  } catch (error) {
    if (!(error instanceof OsteonError)) throw error;
    return { findings: [{ severity: "error", source: "osteon", code: "structure", message: error.message }] };
  }
}

async function askDciodvfy(input: string | Uint8Array, bytes: Uint8Array): Promise<Finding[] | undefined> {
  if (typeof input === "string") return runDciodvfy(input);
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-check-"));
  try {
    const file = path.join(folder, "object.dcm");
    await writeFile(file, bytes, { mode: 0o600 });
    return await runDciodvfy(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
