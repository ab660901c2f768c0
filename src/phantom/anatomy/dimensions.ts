/** Vertebral levels from the sacrum upward, as they are stacked. */
export const levels = [
  "S1", "L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8", "T7", "T6", "T5", "T4", "T3", "T2", "T1", "C7", "C6", "C5", "C4", "C3",
] as const;
export type Level = (typeof levels)[number];

/** Mean size of a vertebra in millimetres. */
export interface VertebraSize {
  /** Width and depth of the upper and of the lower endplate. */
  readonly upperWidth: number;
  readonly lowerWidth: number;
  readonly upperDepth: number;
  readonly lowerDepth: number;
  /** Height of the body. */
  readonly height: number;
  /** Height of the disc below. */
  readonly discBelow: number;
  readonly pedicleWidth: number;
  readonly pedicleHeight: number;
  /** Distance between the centers of the two pedicles. */
  readonly pedicleSpan: number;
  /** From tip to tip of the transverse processes. */
  readonly transverseSpan: number;
  /** From the posterior wall to the tip of the spinous process. */
  readonly spinousLength: number;
  /** How far the spinous process slopes downward. */
  readonly spinousSlopeDeg: number;
}

const row = (
  upperWidth: number, lowerWidth: number, upperDepth: number, lowerDepth: number, height: number, discBelow: number,
  pedicleWidth: number, pedicleHeight: number, pedicleSpan: number, transverseSpan: number, spinousLength: number, spinousSlopeDeg: number,
): VertebraSize => ({
  upperWidth, lowerWidth, upperDepth, lowerDepth, height, discBelow, pedicleWidth, pedicleHeight, pedicleSpan, transverseSpan, spinousLength, spinousSlopeDeg,
});

/**
 * Adult means, rounded. Bodies and pedicles: Panjabi et al. 1991 (cervical, Spine 16:861; thoracic, Spine 16:888) and
 * 1992 (lumbar, Spine 17:299); pedicles also Zindrick et al. 1987, Spine 12:160. Disc heights: Kunkel et al. 2011,
 * J Anat 219:375 (thoracic); Pooni et al. 1986, Surg Radiol Anat 8:175 (lumbar).
 */
export const vertebraSizes: Record<Exclude<Level, "S1">, VertebraSize> = {
  L5: row(47.3, 49.4, 34.7, 33.2, 26.0, 10.0, 14.0, 18.0, 34.0, 92, 56, 8),
  L4: row(46.6, 49.5, 35.5, 33.9, 26.5, 11.0, 12.5, 15.9, 28.0, 88, 62, 5),
  L3: row(44.1, 48.0, 35.2, 34.8, 26.3, 10.5, 10.1, 14.4, 25.5, 94, 64, 5),
  L2: row(42.6, 45.5, 34.6, 34.9, 25.8, 9.5, 8.9, 15.0, 24.5, 84, 62, 8),
  L1: row(41.2, 43.3, 34.1, 35.3, 25.0, 8.5, 8.6, 15.9, 23.5, 74, 58, 10),
  T12: row(39.0, 42.1, 32.8, 33.4, 23.5, 7.0, 8.8, 16.7, 23.0, 48, 52, 18),
  T11: row(34.9, 39.1, 31.9, 31.8, 22.0, 6.0, 9.1, 16.8, 21.5, 50, 52, 30),
  T10: row(31.9, 35.4, 30.5, 31.6, 20.8, 5.5, 8.0, 14.7, 20.5, 56, 53, 38),
  T9: row(30.6, 33.0, 29.3, 31.0, 20.0, 5.0, 7.2, 13.0, 20.0, 58, 54, 46),
  T8: row(29.5, 30.5, 27.9, 29.4, 19.4, 4.6, 6.7, 12.0, 19.5, 60, 55, 52),
  T7: row(27.8, 29.1, 27.4, 28.5, 18.9, 4.4, 6.1, 11.8, 19.5, 61, 55, 54),
  T6: row(26.2, 28.2, 26.0, 26.9, 18.3, 4.2, 5.6, 11.4, 19.5, 62, 54, 54),
  T5: row(24.9, 27.0, 24.3, 25.8, 17.6, 4.0, 5.2, 11.2, 20.0, 63, 53, 52),
  T4: row(24.5, 26.0, 23.3, 24.5, 17.0, 4.0, 5.1, 11.0, 20.5, 65, 52, 48),
  T3: row(24.6, 25.9, 22.7, 23.3, 16.6, 4.0, 5.4, 10.8, 21.5, 66, 50, 42),
  T2: row(24.9, 27.4, 19.6, 21.6, 16.2, 4.2, 6.6, 10.6, 24.0, 70, 49, 36),
  T1: row(24.5, 27.8, 18.5, 19.7, 15.2, 4.6, 8.2, 9.5, 28.0, 75, 50, 30),
  C7: row(21.8, 23.4, 18.1, 16.8, 13.8, 5.2, 6.6, 7.5, 29.0, 66, 48, 25),
  C6: row(19.8, 22.0, 17.6, 16.2, 13.0, 5.4, 6.2, 7.1, 28.5, 50, 38, 22),
  C5: row(18.5, 20.8, 17.0, 16.0, 12.8, 5.4, 5.9, 7.0, 28.0, 48, 32, 20),
  C4: row(17.7, 19.8, 16.5, 15.8, 12.8, 5.2, 5.6, 7.3, 27.5, 47, 30, 20),
  C3: row(17.2, 18.8, 16.2, 15.6, 13.0, 5.0, 5.6, 7.4, 27.0, 46, 30, 20),
};

/** Mean size of the sacrum in millimetres (Plaisier et al. 1996, Br J Radiol; Otter 1985). */
export const sacrumSize = { upperWidth: 52, upperDepth: 34, alarWidth: 112, height: 105 } as const;
