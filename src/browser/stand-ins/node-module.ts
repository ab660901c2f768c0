/** Modules that code asks for by name are found by their file's name alone. */
export function createRequire(): { resolve: (name: string) => string } {
  return { resolve: (name) => name };
}
