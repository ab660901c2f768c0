import { createClient, pathOf, type CallOf, type ParamsOf, type QueryOf, type ResponseOf, type RouteName } from "../../server/contract.js";

/** The one connection of the page to its server. */
export const server = createClient();

/** Answers that were asked for before their page was there, by their address. */
const answers = new Map<string, Promise<unknown>>();
const files = new Map<string, Promise<Response>>();

export const askNow = server.call.bind(server) as unknown as <N extends RouteName>(name: N, call: unknown) => Promise<ResponseOf<N>>;
export const addressOf = <N extends RouteName>(name: N, call: CallOf<N>): string => pathOf(name, call as { params?: ParamsOf<N>; query?: QueryOf<N> });

/** Asks a route ahead of the component that will want it. */
export function askEarly<N extends RouteName>(name: N, call: CallOf<N>): Promise<ResponseOf<N>> {
  const asked = askNow(name, call);
  answers.set(addressOf(name, call), asked);
  asked.catch(() => undefined);
  return asked;
}

/** What was asked ahead at an address; whoever takes it has it alone, and asks anew the next time. */
export function takeAnswer<T>(address: string): Promise<T> | undefined {
  const found = answers.get(address) as Promise<T> | undefined;
  answers.delete(address);
  return found;
}

/** Fetches a file ahead of whoever will read it. */
export function fetchEarly(address: string): void {
  const asked = fetch(address, { credentials: "same-origin" });
  files.set(address, asked);
  asked.catch(() => undefined);
}

/** A file, fetched ahead or now. */
export function fetchFile(address: string): Promise<Response> {
  const found = files.get(address) ?? fetch(address, { credentials: "same-origin" });
  files.delete(address);
  return found;
}

/** What was asked ahead for somebody else, or for nobody, is no answer. */
export function forgetEarly(): void {
  answers.clear();
  files.clear();
}
