import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultThreads } from "../../engine/index.js";
import { findTorch, type Torch } from "../python.js";

function wholeNumberFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}, got "${text}".`);
  };
}

/** A number of things, read from the command line; commander's error names the option. */
export const wholeNumber = wholeNumberFrom(1);
export const wholeNumberOrNone = wholeNumberFrom(0);

/** A number of more than 0. */
export function positiveNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError(`Expected a number of more than 0, got "${text}".`);
}

/** Names by comma. */
export const names = (text: string): string[] => text.split(",").map((name) => name.trim());

/** Names by comma, each of a list. */
export function namesOf<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) =>
    names(text).map((name) => {
      if (!(known as readonly string[]).includes(name)) throw new InvalidArgumentError(`Expected names among ${known.join(", ")}, got "${name}".`);
      return name as Name;
    });
}

/** An option with names by comma; all of a list where it is left out. */
export function listOption(flags: string, description: string, { known, parse = namesOf(known) }: { readonly known: readonly string[]; readonly parse?: (text: string) => string[] }): Option {
  return new Option(flags, description).argParser(parse).default([...known], known.join(","));
}

export interface WithThreads {
  readonly threads: number;
}

export function withThreads(command: Command): Command {
  return command.option("--threads <count>", "threads of every side", wholeNumber, defaultThreads());
}

export interface WithPython {
  readonly python?: string;
}

export function withPython(command: Command): Command {
  return command.option("--python <command>", "an interpreter with torch and torchvision (default: of those on the path the one with the newest torch)");
}

/** PyTorch as asked for or found; where there is none, that is said with what helps. */
export async function torchOf({ python }: WithPython): Promise<Torch | undefined> {
  const torch = await findTorch(python);
  if (torch === undefined) console.log(`PyTorch is left out, as torch and torchvision are missing in ${python ?? "every python3 of the path"}. On Debian: apt-get install python3-torch python3-torchvision`);
  else console.log(`PyTorch ${torch.version}, ${torch.python}`);
  return torch;
}
