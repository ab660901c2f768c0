import type { Box } from "../images/index.js";

/**
 * Reads `"row column height width"`, several separated by `;` or `|`, in pixels of the image.
 * @returns undefined where the text is something else
 */
export function parseBoxes(text: string): Box[] | undefined {
  const boxes: Box[] = [];
  for (const part of text.split(/[;|]/).filter((piece) => piece.trim() !== "")) {
    const numbers = part.trim().split(/[\s,]+/).map(Number);
    const [row, column, height, width] = numbers;
    if (numbers.length !== 4 || !numbers.every(Number.isFinite) || height! <= 0 || width! <= 0) return undefined;
    boxes.push({ row: row!, column: column!, height: height!, width: width! });
  }
  return boxes.length === 0 ? undefined : boxes;
}
