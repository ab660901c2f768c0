const formats: Readonly<Record<string, RegExp>> = { DA: /^\d{8}$/, TM: /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/, DT: /^\d{4,14}(\.\d{1,6})?([+-]\d{4})?$/ };

/** True for a value that is a date or time and nothing else. */
export function isDateOrTime(text: string, vr: string): boolean {
  return formats[vr]?.test(text) ?? false;
}

/** Moves a date by whole days; the time of day stays. A date time without a day becomes the dummy. */
export function moveBack(text: string, vr: string, days: number): string {
  if (vr === "TM") return text;
  const found = /^(\d{4})(\d{2})(\d{2})(.*)$/.exec(text);
  if (found === null) return dummyDate(vr);
  const [, year, month, day, rest] = found as unknown as [string, string, string, string, string];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) - days));
  if (Number.isNaN(date.getTime())) return dummyDate(vr);
  return date.toISOString().slice(0, 10).replaceAll("-", "") + (vr === "DT" ? rest : "");
}

export function dummyDate(vr: string): string {
  return vr === "DA" ? "19000101" : vr === "TM" ? "000000" : "19000101000000";
}
