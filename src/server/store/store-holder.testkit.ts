import { system } from "../audit/chain.js";
import { Store } from "./store.js";

// A process that holds a store and writes until it is killed.
const store = await Store.open({ folder: process.argv[2]! });
for (let i = 1; ; i++) {
  await store.record({ actor: system, action: "case.look", subject: String(i) });
  if (i === 20) process.send!(i);
}
