import { claim2024 } from "./claim-2024.js";
import type { Checklist } from "./contract.js";
import { stardAi } from "./stard-ai.js";
import { tripodAi } from "./tripod-ai.js";

export type { Checklist, ChecklistItem, EvidenceName } from "./contract.js";

/** The checklists that a run fills in. */
export const checklists: readonly Checklist[] = [claim2024, stardAi, tripodAi];
