import { InputError } from "../../base/index.js";
import type { SplitKind } from "./contract.js";
import { valueOf } from "./strata.js";
import { roundWithoutKin } from "./without-kin.js";

/** More sites than this are no sites but names or numbers of cases. */
const mostSites = 50;

export const leaveOneSiteOut: SplitKind = {
  title: "Leave one site out",
  summary: "Every site is tested once by a network that never saw it; patients of the tested site are left out of training wherever else they were imaged.",
  reference: "E. Steyerberg, F. Harrell, Prediction models need appropriate internal, internal-external, and external validation, 2016, doi 10.1016/j.jclinepi.2015.04.005",
  options: ["column"],
  needs: ["column"],
  plan(cases, { column = "site" }) {
    const all = cases.map((_, i) => i);
    const siteOf = cases.map((one) => valueOf(one, column)?.trim() ?? "");
    if (siteOf.some((site) => site === "")) {
      throw new InputError("split-column", `split: expected a site in column "${column}" for every case, got none for ${cases[siteOf.indexOf("")]?.id ?? "any"}. Fill the column or name another.`);
    }
    const sites = [...new Set(siteOf)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    if (sites.length < 2 || sites.length > mostSites) {
      throw new InputError("split-column", `split: expected 2 to ${mostSites} sites in column "${column}", got ${sites.length}. Name the column of the sites.`);
    }
    return sites.map((site) => roundWithoutKin(cases, all.filter((index) => siteOf[index] === site), { candidates: all, name: site, subject: `split by ${column}, "${site}" tested` }));
  },
};
