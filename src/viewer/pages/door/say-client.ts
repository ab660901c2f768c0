const browsers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Edge", /Edg\/(\d+)/], ["Opera", /OPR\/(\d+)/], ["Firefox", /Firefox\/(\d+)/], ["Chrome", /(?:Headless)?Chrome\/(\d+)/], ["Safari", /Version\/(\d+).* Safari\//],
];
const systems: readonly (readonly [name: string, pattern: RegExp])[] = [["iPadOS", /iPad/], ["iOS", /iPhone/], ["Android", /Android/], ["Windows", /Windows/], ["macOS", /Mac OS X/], ["Linux", /Linux/]];

/** What a browser says of itself, shortly; undefined where it is none that we know. */
export function sayClient(client: string): { readonly browser: string; readonly system: string } | undefined {
  const system = systems.find(([, pattern]) => pattern.test(client))?.[0];
  for (const [name, pattern] of browsers) {
    const found = pattern.exec(client);
    if (found !== null && system !== undefined) return { browser: `${name} ${found[1]}`, system };
  }
  return undefined;
}
