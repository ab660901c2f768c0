/** Every word of the audit log. A look, a change and a refusal has one; words are added and never changed, as the log is not. */
export const auditActions = [
  "annotation.change", "annotation.download", "annotation.make", "annotation.remove",
  "backup.make", "backup.restore",
  "case.image", "case.look", "case.map", "case.similar",
  "dataset.audit", "dataset.download", "dataset.import", "dataset.remove",
  "label.change", "link.make", "link.use",
  "model.deploy", "model.download", "model.retire",
  "passkey.add", "passkey.remove", "password.change",
  "reading.analyze", "reading.change", "reading.close", "reading.download", "reading.image", "reading.look", "reading.make", "reading.open", "reading.remove", "reading.submit",
  // A request that its route has no word for, refused; the subject names it.
  "request",
  "server.start", "session.end", "settings.change", "sign-in", "sign-out",
  "study.compare", "study.download", "study.failed", "study.finished", "study.look", "study.remove", "study.resume", "study.start", "study.stop", "study.stopped",
  "token.make", "token.revoke",
  "upload.begin", "upload.end", "upload.remove",
  "user.change", "user.make",
] as const;
export type AuditAction = (typeof auditActions)[number];
