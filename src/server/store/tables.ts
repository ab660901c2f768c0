import type { Selectable } from "kysely";

// Moments are ISO 8601 in UTC, truth values 0 and 1, lists and records JSON: the same in SQLite and PostgreSQL.

export interface UserTable {
  id: string;
  name: string;
  /** The name as it is compared: case and accents folded. */
  name_key: string;
  role: string;
  reader_group: string | null;
  state: string;
  password_hash: string | null;
  settings: string;
  created_at: string;
  last_seen_at: string | null;
  failures: number;
  locked_until: string | null;
  /** `issuer subject` of the identity provider. */
  openid_subject: string | null;
}

export interface SessionTable { id: string; token_hash: string; user_id: string; csrf: string; created_at: string; last_seen_at: string; expires_at: string; client: string }
export interface TokenTable { id: string; token_hash: string; user_id: string; name: string; scopes: string; created_at: string; expires_at: string | null; last_used_at: string | null }
export interface PasskeyTable { id: string; user_id: string; name: string; credential_id: string; public_key: string; counter: number; transports: string; created_at: string; last_used_at: string | null }
export interface LinkTable { token_hash: string; user_id: string | null; kind: string; role: string; expires_at: string; used_at: string | null }

export interface AuditTable { sequence: number; at: string; actor_id: string; actor_name: string; action: string; subject: string; outcome: string; details: string; hash: string }

export interface StudyTable {
  id: string;
  /** Folder of the run, below the server's folder. */
  folder: string;
  name: string;
  title: string;
  state: string;
  problem: string | null;
  /** What a list shows, as JSON. */
  summary: string;
  /** Identifies the results that were read: size and time of the file. */
  stamp: string;
  dataset_id: string | null;
  /** How it was started here; null for a run found on disk. */
  request: string | null;
  created_at: string;
  finished_at: string | null;
  removed: number;
}

export interface PredictionTable {
  study_id: string; cell: string; seed: number; fold: number; case_key: string; name: string; label: string; predicted: string; correct: number; confidence: number;
  relevance: number | null; region_share: number | null;
  /** Labels in the conformal set; null where there is none. */
  set_size: number | null;
  /** Right, with less of the map in the region than the region is of the image. */
  elsewhere: number;
  /** The conformal set does not hold exactly one label. */
  uncertain: number;
  probabilities: string;
}
export interface StudyCaseTable { study_id: string; key: string; name: string; label: string; patient: string | null; image_sha256: string | null }

export interface DataSetTable { id: string; name: string; source: string; state: string; problem: string | null; /** Table or folder, below the server's folder or in the store. */ path: string; facts: string; sha256: string; created_at: string; audit_state: string; audit: string | null; removed: number }
export interface DataCaseTable { dataset_id: string; key: string; name: string; label: string; imported_label: string; patient: string | null; file: string; fields: string; boxes: string | null; polygons: string | null; version: number }
export interface LabelChangeTable { id: string; dataset_id: string; case_key: string; at: string; by_id: string; by_name: string; from_label: string; to_label: string; reason: string }

export interface UploadTable { id: string; user_id: string; name: string; size: number; state: string; sha256: string | null; created_at: string }
export interface FileTable { sha256: string; bytes: number; created_at: string }

export interface ModelTable { id: string; study_id: string | null; cell: string | null; seed: number | null; fold: number | null; name: string; path: string; sha256: string; bytes: number; architecture: string; labels: string; state: string; changed_at: string }
export interface ModelChangeTable { id: string; model_id: string; at: string; by_name: string; state: string; note: string }

export interface AnnotationTable { id: string; study_id: string; case_key: string; author_id: string; author_name: string; title: string; note: string; shapes: string; created_at: string; changed_at: string; version: number; removed: number }

export interface ReadingTable { id: string; title: string; study_id: string; cell: string; state: string; version: number; design: string; labels: string; cases: number; created_at: string; analysis: string | null }
export interface AssignmentTable { id: string; reading_id: string; reader_id: string; session: number; /** Its conditions, as JSON. */ conditions: string; opens_at: string | null; total: number; started_at: string | null; done_at: string | null }
export interface ItemTable { id: string; assignment_id: string; reading_id: string; position: number; practice: number; condition: string; case_key: string; shown_at: string | null }
/** The key is the item: a second read of it cannot be stored. */
export interface ReadTable { item_id: string; assignment_id: string; reading_id: string; reader_id: string; submission: string; label: string | null; confidence: number | null; seconds: number; marks: string; shown_at: string | null; submitted_at: string; practice: number; condition: string; case_key: string }

export interface Tables {
  facts: { name: string; value: string };
  users: UserTable;
  sessions: SessionTable;
  tokens: TokenTable;
  passkeys: PasskeyTable;
  links: LinkTable;
  audit: AuditTable;
  studies: StudyTable;
  study_cases: StudyCaseTable;
  predictions: PredictionTable;
  datasets: DataSetTable;
  data_cases: DataCaseTable;
  label_changes: LabelChangeTable;
  uploads: UploadTable;
  files: FileTable;
  models: ModelTable;
  model_changes: ModelChangeTable;
  annotations: AnnotationTable;
  readings: ReadingTable;
  assignments: AssignmentTable;
  items: ItemTable;
  reads: ReadTable;
}
export type TableName = keyof Tables;
export type UserRow = Selectable<UserTable>;
