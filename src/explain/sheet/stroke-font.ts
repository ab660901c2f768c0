/**
 * Hershey's simplex letters, ASCII 32 to 126: text that is drawn the same on every machine, without font files.
 *
 * The Hershey Fonts were originally created by Dr. A. V. Hershey while working at the U. S. National Bureau of Standards.
 * The format of the font data in this distribution was originally created by James Hurt, Cognition, Inc., 900 Technology
 * Park Drive, Billerica, MA 01821 (mit-eddie!ci-dandelion!hurt).
 *
 * Each is pairs of letters whose distance from "R" is a number: left and right border, then points x, y; " R" lifts the pen.
 * Dots and commas stand on the baseline here.
 */
const glyphs: readonly string[] = [
  "JZ", "MWRFRT RRYQZR[SZRY", "JZNFNM RVFVM", "H]SBLb RYBRb RLOZO RKUYU", "H\\PBP_ RTBT_ RYIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX",
  "F^[FI[ RNFPHPJOLMMKMIKIIJGLFNFPGSHVHYG[F RWTUUTWTYV[X[ZZ[X[VYTWT", "E_\\O\\N[MZMYNXPVUTXRZP[L[JZIYHWHUISJRQNRMSKSIRGPFNGMIMKNNPQUXWZY[[[\\Z\\Y",
  "MWRHQGRFSGSIRKQL", "KYVBTDRGPKOPOTPYR]T`Vb", "KYNBPDRGTKUPUTTYR]P`Nb", "JZRLRX RMOWU RWOMU", "E_RIR[ RIR[R", "NVSZR[QZRYSZS\\Q^", "E_IR[R",
  "NVRYQZR[SZRY", "G][BIb", "H\\QFNGLJKOKRLWNZQ[S[VZXWYRYOXJVGSFQF", "H\\NJPISFS[", "H\\LKLJMHNGPFTFVGWHXJXLWNUQK[Y[",
  "H\\MFXFRNUNWOXPYSYUXXVZS[P[MZLYKW", "H\\UFKTZT RUFU[", "H\\WFMFLOMNPMSMVNXPYSYUXXVZS[P[MZLYKW",
  "H\\XIWGTFRFOGMJLOLTMXOZR[S[VZXXYUYTXQVOSNRNOOMQLT", "H\\YFO[ RKFYF", "H\\PFMGLILKMMONSOVPXRYTYWXYWZT[P[MZLYKWKTLRNPQOUNWMXKXIWGTFPF",
  "H\\XMWPURRSQSNRLPKMKLLINGQFRFUGWIXMXRWWUZR[P[MZLX", "NVRMQNROSNRM RRYQZR[SZRY", "NVRMQNROSNRM RSZR[QZRYSZS\\Q^", "F^ZIJRZ[", "E_IO[O RIU[U",
  "F^JIZRJ[", "I[LKLJMHNGPFTFVGWHXJXLWNVORQRT RRYQZR[SZRY",
  "E`WNVLTKQKOLNMMPMSNUPVSVUUVS RQKOMNPNSOUPV RWKVSVUXVZV\\T]Q]O\\L[JYHWGTFQFNGLHJJILHOHRIUJWLYNZQ[T[WZYYZX RXKWSWUXV", "I[RFJ[ RRFZ[ RMTWT",
  "G\\KFK[ RKFTFWGXHYJYLXNWOTP RKPTPWQXRYTYWXYWZT[K[", "H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZV", "G\\KFK[ RKFRFUGWIXKYNYSXVWXUZR[K[",
  "H[LFL[ RLFYF RLPTP RL[Y[", "HZLFL[ RLFYF RLPTP", "H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZVZS RUSZS", "G]KFK[ RYFY[ RKPYP", "NVRFR[",
  "JZVFVVUYTZR[P[NZMYLVLT", "G\\KFK[ RYFKT RPOY[", "HYLFL[ RL[X[", "F^JFJ[ RJFR[ RZFR[ RZFZ[", "G]KFK[ RKFY[ RYFY[",
  "G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF", "G\\KFK[ RKFTFWGXHYJYMXOWPTQKQ", "G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF RSWY]",
  "G\\KFK[ RKFTFWGXHYJYLXNWOTPKP RRPY[", "H\\YIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX", "JZRFR[ RKFYF", "G]KFKULXNZQ[S[VZXXYUYF", "I[JFR[ RZFR[",
  "F^HFM[ RRFM[ RRFW[ R\\FW[", "H\\KFY[ RYFK[", "I[JFRPR[ RZFRP", "H\\YFK[ RKFYF RK[Y[", "KYOBOb RPBPb ROBVB RObVb", "KYKFY^",
  "KYTBTb RUBUb RNBUB RNbUb", "JZRDJR RRDZR", "I[Ib[b", "NVSKQMQORPSORNQO", "I\\XMX[ RXPVNTMQMONMPLSLUMXOZQ[T[VZXX",
  "H[LFL[ RLPNNPMSMUNWPXSXUWXUZS[P[NZLX", "I[XPVNTMQMONMPLSLUMXOZQ[T[VZXX", "I\\XFX[ RXPVNTMQMONMPLSLUMXOZQ[T[VZXX",
  "I[LSXSXQWOVNTMQMONMPLSLUMXOZQ[T[VZXX", "MYWFUFSGRJR[ ROMVM", "I\\XMX]W`VaTbQbOa RXPVNTMQMONMPLSLUMXOZQ[T[VZXX", "I\\MFM[ RMQPNRMUMWNXQX[",
  "NVQFRGSFREQF RRMR[", "MWRFSGTFSERF RSMS^RaPbNb", "IZMFM[ RWMMW RQSX[", "NVRFR[", "CaGMG[ RGQJNLMOMQNRQR[ RRQUNWMZM\\N]Q][",
  "I\\MMM[ RMQPNRMUMWNXQX[", "I\\QMONMPLSLUMXOZQ[T[VZXXYUYSXPVNTMQM", "H[LMLb RLPNNPMSMUNWPXSXUWXUZS[P[NZLX",
  "I\\XMXb RXPVNTMQMONMPLSLUMXOZQ[T[VZXX", "KXOMO[ ROSPPRNTMWM", "J[XPWNTMQMNNMPNRPSUTWUXWXXWZT[Q[NZMX", "MYRFRWSZU[W[ ROMVM",
  "I\\MMMWNZP[S[UZXW RXMX[", "JZLMR[ RXMR[", "G]JMN[ RRMN[ RRMV[ RZMV[", "J[MMX[ RXMM[", "JZLMR[ RXMR[P_NaLbKb", "J[XMM[ RMMXM RM[X[",
  "KYTBRCQDPFPHQJRKSMSOQQ RRCQEQGRISJTLTNSPORSTTVTXSZR[Q]Q_Ra RQSSUSWRYQZP\\P^Q`RaTb", "NVRBRb",
  "KYPBRCSDTFTHSJRKQMQOSQ RRCSESGRIQJPLPNQPURQTPVPXQZR[S]S_Ra RSSQUQWRYSZT\\T^S`RaPb", "F^IUISJPLONOPPTSVTXTZS[Q RISJQLPNPPQTTVUXUZT[Q[O",
];

export type Stroke = readonly (readonly [x: number, y: number])[];

export interface Glyph {
  /** Distance to the next letter. */
  readonly advance: number;
  /** Points in units of which a capital letter has 21, from its left border and its baseline, y downwards. */
  readonly strokes: readonly Stroke[];
}

/** Height of a capital letter in the units of the glyphs. */
export const capitalHeight = 21;

const baseline = 9;
const center = "R".codePointAt(0)!;

/** Marks above a letter, around the middle of its width. */
const marks: Readonly<Record<string, readonly Stroke[]>> = {
  "\u0300": [[[-4, 0], [1, 3]]],
  "\u0301": [[[4, 0], [-1, 3]]],
  "\u0302": [[[-4, 3], [0, 0], [4, 3]]],
  "\u0303": [[[-5, 3], [-2, 1], [2, 3], [5, 1]]],
  "\u0308": [[[-3, 1], [-3, 2]], [[3, 1], [3, 2]]],
  "\u030a": [[[0, 0], [2, 2], [0, 4], [-2, 2], [0, 0]]],
  "\u030c": [[[-4, 0], [0, 3], [4, 0]]],
};

/** Letters that have no place in ASCII, by what is written for them. */
const spelled: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", Æ: "AE", ø: "o", Ø: "O", "–": "-", "—": "-", "−": "-", "·": "-", "×": "x", "…": "...", "’": "'", "“": '"', "”": '"', "°": "deg", "≥": ">=", "≤": "<=", µ: "u" };

const box: Glyph = { advance: 16, strokes: [[[2, 0], [14, 0], [14, -21], [2, -21], [2, 0]]] };

function glyphOf(letter: string): Glyph | undefined {
  const text = glyphs[letter.codePointAt(0)! - 32];
  if (text === undefined) return undefined;
  const at = (i: number) => text.codePointAt(i)! - center;
  const strokes: [number, number][][] = [[]];
  for (let i = 2; i < text.length; i += 2) {
    if (text.startsWith(" R", i)) strokes.push([]);
    else strokes.at(-1)!.push([at(i) - at(0), at(i + 1) - baseline]);
  }
  return { advance: at(1) - at(0), strokes: strokes.filter((stroke) => stroke.length > 0) };
}

/** The strokes of a text, letter by letter; one that the font lacks is an empty box. */
export function glyphsOf(text: string): Glyph[] {
  const found: Glyph[] = [];
  for (const letter of Array.from(text, (one) => spelled[one] ?? one).join("").normalize("NFD")) {
    const mark = marks[letter];
    const last = found.at(-1);
    if (mark === undefined || last === undefined) {
      found.push(glyphOf(letter) ?? box);
      continue;
    }
    const top = Math.min(0, ...last.strokes.flat().map(([, y]) => y));
    const placed = mark.map((stroke) => stroke.map(([x, y]) => [x + last.advance / 2, top - 6 + y] as const));
    found[found.length - 1] = { ...last, strokes: [...last.strokes, ...placed] };
  }
  return found;
}
