/**
 * Private elements that hold measurements and never words, by creator, group and the last two digits of the element.
 * Only such are listed here whose representation is numeric.
 * @see DICOM PS3.15 2024b, table E.3.10-1 (numeric rows)
 */
const safe: readonly (readonly [creator: string, group: number, elements: readonly number[]])[] = [
  ["Philips PET Private Group", 0x7053, [0x00, 0x09]],
  ["ELSCINT1", 0x00e1, [0x21]],
  ["ELSCINT1", 0x01e1, [0x50]],
  ["ELSCINT1", 0x01f1, [0x07, 0x26, 0x27]],
  ["GEMS_ACQU_01", 0x0019, [0x23, 0x24, 0x25, 0x26, 0x27]],
  ["GEMS_PARM_01", 0x0043, [0x39, 0x6f]],
  ["GEMS_SERS_01", 0x0025, [0x07]],
  ["SIEMENS MR HEADER", 0x0019, [0x0c, 0x0e, 0x27, 0x28, 0x29]],
  ["Philips Imaging DD 001", 0x2001, [0x03]],
  ["Philips MR Imaging DD 001", 0x2005, [0x0d, 0x0e]],
];

const numericVrs = new Set(["DS", "IS", "FL", "FD", "SL", "SS", "UL", "US"]);

/** True for a private element of the list whose values are plain numbers of a usual size. */
export function isSafePrivate(creator: string | undefined, tag: number, told: { readonly vr: string; readonly numbers: readonly number[] }): boolean {
  const found = safe.some(([name, group, elements]) => name === creator && group === tag >>> 16 && elements.includes(tag & 0xff));
  return found && numericVrs.has(told.vr) && told.numbers.length > 0 && told.numbers.every((value) => Number.isFinite(value) && Math.abs(value) < 1e5);
}
