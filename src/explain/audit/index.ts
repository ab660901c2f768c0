export { judgeAudit, measureAudit, usualMethods } from "./audit-methods.js";
export type { AuditOptions, MeasuredAudit } from "./audit-methods.js";
export { auditCsv } from "./audit-csv.js";
export type { NamedReadings } from "./audit-csv.js";
export type { AuditExample, AuditedCase, AuditedModel, CaseReadings, CriterionResult, ExplanationAudit, Figure as AuditFigure, MethodAudit, ReferenceMaps, Verdict } from "./contract.js";
export { withStages } from "./with-stages.js";
export { criteria, criterionNames, fewestCases, requireCases } from "./criteria.js";
export type { CriterionFacts, CriterionName } from "./criteria.js";
