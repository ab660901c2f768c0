import type { Handlers } from "../http/call.js";
import type { RouteName } from "../contract/routes.js";
import { auditHandlers } from "./audit-log.js";
import { caseHandlers } from "./cases.js";
import { dataSetHandlers } from "./data-sets.js";
import { modelHandlers } from "./models.js";
import { peopleHandlers } from "./people.js";
import { readingHandlers } from "./readings.js";
import { studyHandlers } from "./studies.js";

/** What answers each route: a route without one does not compile. */
export const handlers: Handlers<RouteName> = { ...auditHandlers, ...peopleHandlers, ...studyHandlers, ...caseHandlers, ...dataSetHandlers, ...modelHandlers, ...readingHandlers };
