// What the server sends. Codes, never sentences; times RFC 3339 UTC; spans in `_secs`.
import type { Name } from "@/i18n";

export interface Page<T> {
  items: T[];
  next: string | null;
}
export interface Ref {
  id: string;
  name?: string;
  display: Name;
}
export type Instant = string;

export type Role = "admin" | "service_manager" | "engineer" | "desk" | "customer" | "vendor" | "auditor";
export interface Session {
  person: { id: string; name: string; display: Name; locale: string | null; password_set?: boolean };
  roles: string[];
  permissions: string[];
  organisation: Ref | null;
  tenant: string | { id: string; name: string };
}

export type SliState = "good" | "bad" | "unknown";
export type Verdict = "up" | "down" | "inconclusive";
export interface Service {
  id: string;
  name: string;
  display: Name;
  customer: Ref | null;
  team: Ref | null;
  owner: Ref | null;
  criticality: string;
  rto_secs: number | null;
  verify_secs?: number;
  auto_resolve?: boolean;
  hours?: Ref | null;
  open_incidents: number;
  agreements?: Ref[];
}
export interface SliNow {
  service_id: string;
  state: SliState;
  since: Instant | null;
}
export interface SliInterval {
  state: SliState;
  from: Instant;
  to: Instant;
  seq: number | null;
}
export interface SliDay {
  date: string;
  good_secs: number;
  bad_secs: number;
  unknown_secs: number;
}
export interface SliHistory {
  service_id: string;
  from: Instant;
  to: Instant;
  intervals: SliInterval[];
  days: SliDay[];
}

export interface Probe {
  id: string;
  name: string;
  service_id: string;
  kind: string;
  target: string;
  interval_secs: number;
  timeout_secs: number;
  failures: number;
  successes: number;
  severity: string;
  paused: boolean;
  verdict: Verdict;
  since: Instant | null;
  last: Look | null;
  next_at: Instant | null;
}
export interface Look {
  at: Instant;
  duration_ms: number;
  code: string;
  detail: string;
  phases?: { name: string; ms: number }[] | Record<string, number>;
}
export interface Series {
  metric: string;
  /** Milliseconds and value. */
  points: (number | null)[][];
}
export interface Host {
  cpu_ratio: number | null;
  load1: number | null;
  memory_used_bytes: number | null;
  memory_total_bytes: number | null;
  disks: { mount: string; used_bytes: number; total_bytes: number }[];
  network: { device: string; receive_bytes_per_sec: number | null; transmit_bytes_per_sec: number | null }[];
  at: Instant;
}

export type IncidentState =
  | "new"
  | "assigned"
  | "in_progress"
  | "on_hold"
  | "resolved"
  | "closed"
  | "reopened"
  | "cancelled"
  | "merged";
export interface Incident {
  id: string;
  number: number;
  title: string;
  state: IncidentState;
  priority: number;
  impact: number;
  urgency: number;
  hold: string | null;
  service: Ref;
  team: Ref | null;
  assignee: Ref | null;
  owner: Ref | null;
  opened_at: Instant;
  restored_at: Instant | null;
  resolved_at: Instant | null;
  origin: string;
  firing: number;
  acknowledged_at: Instant | null;
  started_at?: Instant | null;
  due_at?: Instant | null;
  merged_into?: string | null;
  version: number;
  allowed?: string[];
  links?: IncidentLink[];
}
export interface IncidentLink {
  other: string;
  number: number;
  title: string;
  state: IncidentState;
  relation: string;
  inverse: boolean;
}
export interface TimelineEntry {
  seq: number;
  at: Instant;
  recorded_at: Instant;
  kind: string;
  actor: { kind: "person" | "token" | "system"; id: string; display?: Name | null };
  data: Record<string, unknown>;
  text: string | null;
}
export interface IncidentPage {
  id: string;
  person: Ref;
  step: number;
  channel: string;
  reason: string;
  queued_at: Instant;
  state: "queued" | "sent" | "dead";
  attempts: number;
  receipt: string | null;
  acknowledged_at: Instant | null;
}

export type ClockState = "running" | "paused" | "met" | "breached" | "stopped" | "merged" | "cancelled";
export interface Clock {
  incident_id: string;
  goal: string;
  agreement: Ref & { version: number };
  target_secs: number;
  elapsed_secs: number;
  remaining_secs: number;
  due_at: Instant | null;
  state: ClockState;
  breached_at: Instant | null;
  paused_by: string | null;
  open_now: boolean;
  next_change_at: Instant | null;
  as_of: Instant;
}
export interface ExplainInterval {
  from: Instant;
  to: Instant;
  kind: "counted" | "paused" | "closed" | "stopped";
  secs: number;
  cause: { code: string; event_seq: number | null; detail: string | null };
}
export interface ClockExplained {
  calendar: { name: string; zone: string; version: number | null; holidays: unknown };
  target_secs: number;
  elapsed_secs: number;
  due_at: Instant | null;
  intervals: ExplainInterval[];
  owners: { owner: string; secs: number }[];
}

export interface Fault {
  moments: { moment: string; at: Instant | null; basis: string | null; event_seq: number | null }[];
  durations: { name: string; secs: number | null }[];
  total_secs: number | null;
  others: { name: string; at: Instant; event_seq: number | null }[];
  actions: {
    action: string;
    done: boolean;
    at: Instant | null;
    owner: Ref | string | null;
    event_seq: number | null;
  }[];
}

export interface OnCall {
  team: Ref;
  rota: { id: string; zone: string; handover: string | null; members: Ref[]; ack_limit_secs: number } | null;
  now: { person: Ref; since: Instant | null; until: Instant | null; override: boolean } | null;
  next: { person: Ref; from: Instant } | null;
  gaps?: { from: Instant; to: Instant }[];
}
export interface Shift {
  person: Ref | null;
  from: Instant;
  to: Instant;
  override_id: string | null;
}

export interface Figure {
  id: string;
  about?: Name | null;
  formula?: Name;
  population?: Name;
  definition: string;
  version: number;
  name: Name;
  unit: string;
  value: number | null;
  low: number | null;
  high: number | null;
  target: number | null;
  met: boolean | null;
  n: number;
  unknown: number;
  by: { key: string; label: Name; value: number | null; n: number }[];
  from: Instant;
  to: Instant;
  position: number;
  input_hash: string;
}
export interface EvidenceRow {
  id: string;
  label: Name;
  value: number | null;
  unit: string;
  incident_id: string | null;
  service_id: string | null;
  event_seqs: number[];
  calendar: string | null;
  detail: Name | null;
}
export interface Evidence {
  figure: Figure;
  definition: { id: string; version: number; name: Name; formula: Name; population: Name };
  worked: Name;
  numerator: EvidenceRow[];
  denominator: EvidenceRow[];
  unknown: EvidenceRow[];
  more?: number;
}
export interface Home {
  needs_you: {
    kind: string;
    incident_id: string | null;
    report_id: string | null;
    number: number | null;
    title: string | null;
    since: Instant;
  }[];
  boards: { board: string; figures: Figure[]; lever: { code: string } | null }[];
}

export type ReportState = "draft" | "in_review" | "rework" | "approved" | "published" | "superseded";
export interface ReportHead {
  id: string;
  number: number;
  title: Name;
  service_ids: string[];
  customer: Ref | null;
  from: Instant;
  to: Instant;
  zone: string;
  state: ReportState;
  version: number;
  created_at: Instant;
  published_at: Instant | null;
  figures_hash: string | null;
  restates: string | null;
}
export type Words = { zh: string; en: string };
export type Cell =
  | ({ type: "words" } & Words)
  | { type: "number"; value: number | null; unit: string }
  | { type: "instant"; at: Instant | null }
  | { type: "met"; met: boolean | null }
  | { type: "incident"; id: string; number: number; title: string | null };
export interface ReportTable {
  id: string;
  title: Words;
  columns: { key: string; title: Words; align: "left" | "right" }[];
  rows: Cell[][];
  more: number;
}
export interface ReportChart {
  id: string;
  kind: "bars" | "line" | "strip";
  title: Words;
  unit: string;
  categories: Words[];
  series: { key: string; label: Words; values: (number | null)[] }[];
  target: number | null;
  strips: { label: Words; spans: { from: Instant; to: Instant; state: string }[] }[];
}
export interface ReportFault {
  incident_id: string;
  number: number;
  title: string | null;
  priority: number;
  service: Words;
  moments: Fault["moments"];
  durations: Fault["durations"];
  total_secs: number | null;
  actions: { action: string; done: boolean; at: Instant | null; event_seq: number | null }[];
}
export type Block =
  | { type: "figures"; figures: Figure[] }
  | ({ type: "table" } & ReportTable)
  | ({ type: "chart" } & ReportChart)
  | ({ type: "timeline345" } & ReportFault);
export interface ReportSection {
  id: string;
  title: Words;
  text: { zh: string | null; en: string | null } | null;
  blocks: Block[];
}
export interface ReportComment {
  id: string;
  section: string | null;
  person: Ref | null;
  at: Instant;
  text: string;
}
export interface Report extends ReportHead {
  sections: ReportSection[];
  comments: ReportComment[];
  services?: { id: string; name: Words }[];
  /** Personal text by digest. */
  texts?: Record<string, string>;
  document_hash: string | null;
  position: number;
}

export interface Person {
  id: string;
  name: string;
  display: Name;
  email?: string | null;
  webhook?: boolean;
  organisation?: Ref | null;
  teams?: Ref[];
  roles?: string[];
  active?: boolean;
}
export interface Team {
  id: string;
  name: string;
  display: Name;
  organisation?: Ref | null;
  members?: Ref[];
}
export interface Organisation {
  id: string;
  name: string;
  display: Name;
  kind: string;
}
export interface Agreement {
  id: string;
  name: string;
  display: Name;
  layer: string;
  version: number;
  customer: Ref | null;
  services: Ref[];
  calendar_id: string;
  goals: { priority: number; goal: string; target_secs: number }[];
  pauses: { hold: string; owner: string }[];
  retarget?: string;
  reopen_within_days?: number;
  availability_target: number | null;
  attainment_target: number | null;
}
export interface CalendarDefinition {
  id: string;
  name: string;
  version: number;
  in_force_at?: Instant;
  /** As declared: zone, weekly intervals, holiday set, exceptions. */
  body: Record<string, unknown>;
}
export interface Duty {
  kind: string;
  id: string;
  name: string;
  owner: Ref | null;
  why?: string;
}
export interface Token {
  id: string;
  name: string;
  permissions: string[];
  created_at: Instant;
  last_used_at: Instant | null;
  expires_at: Instant | null;
}
export interface OutboxMessage {
  id: string;
  channel: string;
  subject_kind: string;
  subject_id: string;
  attempts: number;
  state: string;
  error: string | null;
  created_at?: Instant;
  queued_at?: Instant;
}
export interface Health {
  version: string;
  database: string | { kind: string };
  ledger: { position: number; sealed_to: number };
  outbox: { queued: number; dead: number };
  timers: { due: number; late_secs: number };
  consumers: { name: string; lag: number }[];
  probes: { count: number; late_ms_p99: number | null };
}
export interface DefinitionChange {
  kind: string;
  name: string;
  action: "create" | "update" | "none" | "retire";
  diff: string | null;
}
export interface LedgerEvent {
  seq: number;
  id: string;
  occurred_at: Instant;
  recorded_at: Instant;
  actor: { kind: string; id: string; display?: Name | null };
  source: string;
  subject: { kind: string; id: string };
  kind: string;
  version: number;
  payload: string | Record<string, unknown>;
  evidence: string | null;
  seal: { number: number; root: string; hash: string } | null;
  text: Record<string, string | null> | string | null;
}
