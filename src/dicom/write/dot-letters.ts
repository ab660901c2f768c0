/** Dots of a letter: five columns of eight bits in hexadecimal, the lowest bit at the top; the eighth row is for descenders. */
const columnsOf: readonly string[] = `
0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0000070000 001c224100 0041221c00 2a1c7f1c2a 08083e0808 0000a06000 0808080808 0000606000 2010080402
3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503 3649494936 064949291e 0000360000 0000b67600 0814224100 1414141414 0041221408 0201510906
3e415d551e 7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e41494979 7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e
7f09090906 3e4151215e 7f09192946 2649494932 01017f0101 3f4040403f 1f2040201f 3f4038403f 6314081463 0304780403 6151494543 007f414100 0204081020 0041417f00 0402010204 4040404040
0001020400 2054545478 7f44444438 3844444428 384444447f 3854545418 00087e0902 18a4a4a47c 7f08040478 00447d4000 4080847d00 007f102844 00417f4000 7c04780478 7c08040478 3844444438
fc24242418 18242424fc 7c08040408 4854545424 00043f4424 3c40407c40 1c2040201c 3c4030403c 4428102844 1ca0a0a07c 4464544c44 0008364100 0000770000 0041360800 0804081008
`.trim().split(/\s+/);

/** Width and height of a letter's cell, with the gap to the next. */
export const cellWidth = 6;
export const lineHeight = 10;

/** Text in the letters there are: without accents, and a question mark for what has no letter. */
export function plainLetters(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss").replaceAll(/[^\x20-\x7e]/gu, "?");
}

/** Lines of at most `most` letters, broken at spaces where there are any. */
export function breakLines(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plainLetters(text).split(" ")) {
    for (let rest = word; ; rest = rest.slice(most)) {
      if (line !== "" && line.length + 1 + rest.length <= most) line += ` ${rest}`;
      else {
        if (line !== "") lines.push(line);
        line = rest.slice(0, most);
      }
      if (rest.length <= most) break;
    }
  }
  return line === "" ? lines : [...lines, line];
}

export interface Letters {
  readonly text: string;
  readonly row: number;
  readonly column: number;
  /** Pixels per dot. */
  readonly scale: number;
  readonly color: readonly [number, number, number];
}

/** Draws one line into RGB pixels; what lies outside is cut. */
export function drawLetters({ data, width, height }: { readonly data: Uint8Array; readonly width: number; readonly height: number }, { text, row, column, scale, color }: Letters): void {
  Array.from(plainLetters(text)).forEach((letter, n) => {
    const dots = Buffer.from(columnsOf[letter.charCodeAt(0) - 32]!, "hex");
    for (let x = 0; x < 5 * scale; x++) {
      for (let y = 0; y < 8 * scale; y++) {
        if (((dots[Math.floor(x / scale)]! >> Math.floor(y / scale)) & 1) === 0) continue;
        const [r, c] = [row + y, column + n * cellWidth * scale + x];
        if (r >= 0 && c >= 0 && r < height && c < width) data.set(color, 3 * (r * width + c));
      }
    }
  });
}
