import { Command as CommanderCommand, Option } from "commander";
import type { Command, CommandEntry, Context, OptionValues } from "./contract.js";

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [...(previous ?? []), value];

/** Groups that hold commands of two words. */
const groups: Readonly<Record<string, string>> = {
  study: "Run a study from its recipe",
  data: "Look at images and labels before training",
  weights: "Published weights to start from",
  dicom: "DICOM files and the PACS: look, de-identify, find, fetch, send, listen",
  phantom: "Simulated radiographs with known truth",
};

/** The entry whose words stand first in the call: `explain audit` before `explain`. */
function findCalled(entries: readonly CommandEntry[], argv: readonly string[]): CommandEntry | undefined {
  const said = argv.filter((word) => !word.startsWith("-"));
  const words = said[0] === "help" ? said.slice(1) : said;
  const fits = entries.filter(({ name }) => name.split(" ").every((word, i) => word === words[i]));
  return fits.toSorted((a, b) => b.name.length - a.name.length)[0];
}

function describe(built: CommanderCommand, summary: string, command: Command, execute: (args: readonly string[], options: OptionValues) => Promise<void>): void {
  built.description(command.description === undefined ? summary : `${summary}\n\n${command.description}`);
  for (const { name, description } of command.arguments ?? []) built.argument(name, description);
  for (const facts of command.options ?? []) {
    const option = new Option(facts.flags, facts.description);
    if (facts.default !== undefined) option.default(facts.default);
    if (facts.choices) option.choices(facts.choices);
    if (facts.repeatable) option.argParser(collect);
    if (facts.group) option.helpGroup(facts.group);
    built.addOption(option);
  }
  built.option("--json", "print the result as JSON");
  built.addHelpText("after", `\nExamples:\n${command.examples.map((example) => `  $ ${example}`).join("\n")}`);
  built.action(async (...received: unknown[]) => {
    const options = received.at(-2) as OptionValues;
    const args = received.slice(0, -2).flat().filter((value): value is string => typeof value === "string");
    await execute(args, options);
  });
}

/** The whole command line; of the commands, only the one that `argv` calls is loaded. */
export async function buildProgram(entries: readonly CommandEntry[], argv: readonly string[], version: string, context: Context): Promise<CommanderCommand> {
  const program = new CommanderCommand("osteon");
  program
    .description("Train, cross-validate, explain and deploy classifiers of spine and musculoskeletal images.\nFor research. Not a medical device.")
    .version(version, "-v, --version")
    // Each command reads its own words: "explain audit" has options that "explain" has too.
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .showHelpAfterError("(add --help for what can be said here)")
    .configureHelp({ showGlobalOptions: false })
    .addHelpText("after", "\nExit codes: 0 done, 1 what was compared differs, 2 wrong call, 3 a file or data set to mend, 4 not supported, 70 a bug, 130 stopped by Ctrl-C.");
  const called = findCalled(entries, argv);
  const command = await called?.load();
  const parents = new Map<string, CommanderCommand>();
  for (const entry of entries) {
    const words = entry.name.split(" ");
    let parent = program;
    if (words.length === 2) {
      const group = words[0]!;
      parent = parents.get(group) ?? program.command(group).description(groups[group] ?? group);
      parents.set(group, parent);
    }
    const built = parent.command(words.at(-1)!).summary(entry.summary);
    if (entry === called && command) describe(built, entry.summary, command, (args, options) => command.run(context, args, options));
    // A command of one word may also be the group of commands of two: options after the second word are the second's.
    if (words.length === 1) parents.set(entry.name, built.enablePositionalOptions());
  }
  return program;
}
