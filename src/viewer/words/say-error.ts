import { ApiError } from "../../server/contract.js";
import { isWord, say, type Filling, type Language } from "./index.js";

/** How browsers call a request that reached nobody. */
const unreachable = /^(Failed to fetch|Load failed|NetworkError)/;

/** What went wrong, in a language: by the code of the server's refusal, else in the words that came with it. */
export function sayError(language: Language, error: Error): string {
  if (!(error instanceof ApiError)) return error instanceof TypeError && unreachable.test(error.message) ? say(language, "problem.offline") : error.message;
  const { code, parameters } = error.problem;
  const word = `problem.${code}`;
  // What rooms refuse of a recipe, a table or an image has no parameters, even where its code is one of ours.
  if (parameters === undefined || !isWord(word)) return error.message;
  const missing = `missing.${parameters["what"]}`;
  const filling: Filling = { ...parameters, ...(isWord(missing) && { what: say(language, missing) }) };
  return say(language, word, filling);
}
