/** The last part of an address. */
export function basename(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

export function join(...parts: readonly string[]): string {
  return parts.join("/");
}
