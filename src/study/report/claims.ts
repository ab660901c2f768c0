/** A sentence of a report that sets one thing above another, and what it is not told with. */
export interface BareClaim {
  readonly text: string;
  readonly lacks: readonly ("p-value" | "interval")[];
}

/** Words that set one thing above another. */
const claim = /\b(better|worse|higher|lower|greater|larger|smaller|more accurate|less accurate|more often|less often)\b[^.;]{0,60}\bthan\b|\b(superior|non-inferior|inferior|outperform\w*|beats|surpass\w*|exceeds)\b|\bHighest pooled\b|\bLooks most\b/i;

const pValue = /\bp (= \d\.\d+|(?:<|&lt;) 0\.001)/;
const interval = /\(-?\d+\.\d+ to -?\d+\.\d+\)/;

/** Blocks of text: what stands in one paragraph, item, cell or box belongs together. */
function blocksOf(page: string): string[] {
  const boxed = [...page.matchAll(/<div class="(?:finding|notice)">([\s\S]*?)<\/div>/g)].map(([, inner]) => inner!);
  const rest = page.replace(/<div class="(?:finding|notice)">[\s\S]*?<\/div>/g, "");
  const blocks = [...rest.matchAll(/<(p|li|dd|figcaption|caption)\b[^>]*>([\s\S]*?)<\/\1>/g)].map(([, , inner]) => inner!);
  return [...boxed, ...blocks].map((block) => block.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim());
}

/**
 * Sentences of a page that claim an advantage without the test and the interval behind it.
 * @param page HTML of a report
 */
export function bareClaims(page: string): BareClaim[] {
  return blocksOf(page.replace(/<(style|svg|pre)\b[\s\S]*?<\/\1>/g, ""))
    // A question claims nothing.
    .filter((text) => claim.test(text.replace(/[^.?!]*\?/g, "")))
    .flatMap((text) => {
      const lacks = [...(pValue.test(text) ? [] : ["p-value" as const]), ...(interval.test(text) ? [] : ["interval" as const])];
      return lacks.length === 0 ? [] : [{ text, lacks }];
    });
}
