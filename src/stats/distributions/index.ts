export { betaCdf, betaQuantile, betaTails } from "./beta.js";
export { binomialCdf } from "./binomial.js";
export { binomialMass } from "./binomial-mass.js";
export { chiSquareCdf, chiSquareQuantile, chiSquareUpperP } from "./chi-square.js";
export { fQuantile, fUpperP, noncentralFUpperP, normalPower } from "./f.js";
export { findRoot } from "./find-root.js";
export { gammaTails, logGamma } from "./gamma.js";
export { normalCdf, normalCritical, normalQuantile, normalTwoSidedP } from "./normal.js";
export { studentCdf, studentCritical, studentQuantile, studentTwoSidedP } from "./student-t.js";
