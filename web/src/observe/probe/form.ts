// A probe as it is filled in, and the definition that becomes of it. Pure.

export type FieldKind = "text" | "secret" | "number" | "flag" | "area" | "choice";
export interface Field {
  name: string;
  kind: FieldKind;
  /** An example, shown while nothing is written. */
  example?: string;
  needed?: boolean;
  choices?: readonly string[];
}

const TLS: Field = { name: "tls", kind: "flag" };
const STARTTLS: Field = { name: "starttls", kind: "flag" };
const DAYS: Field = { name: "min_days", kind: "number", example: "14" };
const NAME: Field = { name: "server_name", kind: "text" };
const user: Field = { name: "user", kind: "text", example: "monitor" };
const password: Field = { name: "password", kind: "secret", example: "shop-db" };
const role: Field = { name: "role", kind: "choice", choices: ["primary", "replica"] };
const address = (example: string): Field => ({ name: "address", kind: "text", example, needed: true });

const mail = (host: string): Field[] => [address(host), STARTTLS, TLS, NAME, DAYS];

/** Kinds by family, each with the fields of its form. The port that is a kind's own stands in its example. */
export const FAMILIES: Record<string, Record<string, Field[]>> = {
  web: {
    http: [
      { name: "url", kind: "text", example: "https://shop.example/health", needed: true },
      { name: "method", kind: "choice", choices: ["GET", "HEAD", "POST", "PUT"] },
      { name: "body", kind: "area" },
      { name: "body_contains", kind: "text", example: "ok" },
      { name: "min_days", kind: "number", example: "14" },
    ],
    journey: [],
    grpc: [address("shop.example:443"), { name: "service", kind: "text" }, TLS, NAME, DAYS],
  },
  network: {
    tcp: [address("shop.example:25"), { name: "expect", kind: "text", example: "220" }],
    tls: [address("shop.example:443"), NAME, DAYS],
    dns: [
      { name: "name", kind: "text", example: "shop.example", needed: true },
      { name: "record", kind: "choice", choices: ["A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"] },
      { name: "server", kind: "text", example: "9.9.9.9" },
    ],
    icmp: [{ name: "host", kind: "text", example: "shop.example", needed: true }],
    ssh: [address("host.example:22")],
    ftp: [address("files.example:21"), STARTTLS, NAME, DAYS],
  },
  mail: { smtp: mail("mail.example:25"), imap: mail("mail.example:143"), pop3: mail("mail.example:110") },
  data: {
    postgres: [address("db.example:5432"), user, password, { name: "database", kind: "text" }, TLS, role],
    mysql: [address("db.example:3306"), user, password, { name: "database", kind: "text" }, TLS],
    redis: [address("cache.example:6379"), user, password, TLS, role],
  },
};

/** Ready conversations: a kind of their own for people, the protocol of a TCP look in the definition. */
const PROTOCOLS = ["smtp", "imap", "pop3", "ftp", "ssh"];

export function fieldsOf(kind: string): Field[] {
  return Object.values(FAMILIES).flatMap((family) => family[kind] ?? []);
}

export type From = "json" | "header" | "cookie" | "regex";
export interface CaptureDraft {
  name: string;
  from: From;
  at: string;
}
export interface StepDraft {
  name: string;
  method: string;
  url: string;
  /** `Name: value`, one a line. */
  headers: string;
  body: string;
  status: string;
  contains: string;
  captures: CaptureDraft[];
  /** 1 = once. */
  times: number;
}
export interface Draft {
  name: string;
  service: string;
  kind: string;
  interval: number;
  values: Record<string, string | boolean>;
  steps: StepDraft[];
}

export const EMPTY_STEP: StepDraft = {
  name: "",
  method: "GET",
  url: "",
  headers: "",
  body: "",
  status: "",
  contains: "",
  captures: [],
  times: 1,
};

export function emptyDraft(service: string): Draft {
  return { name: "", service, kind: "http", interval: 30, values: {}, steps: [{ ...EMPTY_STEP }] };
}

type Json = Record<string, unknown>;

/** Without what is not filled in. */
function filled(entries: [string, unknown][]): Json {
  return Object.fromEntries(
    entries.filter(
      ([, value]) =>
        value !== "" && value !== false && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function headersOf(text: string): Json | undefined {
  const pairs = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

const numbers = (text: string) =>
  text
    .split(/[\s,，]+/)
    .filter(Boolean)
    .map(Number);

export function stepOf(step: StepDraft): Json {
  const http = filled([
    ["url", step.url.trim()],
    ["method", step.method === "GET" ? "" : step.method],
    ["headers", headersOf(step.headers)],
    ["body", step.body],
    ["expect_status", numbers(step.status)],
    ["body_contains", step.contains],
  ]);
  const named = step.captures.filter((capture) => capture.name.trim());
  const capture = Object.fromEntries(named.map(({ name, from, at }) => [name.trim(), { [from]: at.trim() }]));
  return {
    name: step.name.trim(),
    http,
    ...(named.length > 0 && { capture }),
    ...(step.times > 1 && { until: { times: step.times } }),
  };
}

/** The one check, by its field in the definition. */
function checkOf(draft: Draft): Json {
  if (draft.kind === "journey") return { journey: { steps: draft.steps.map(stepOf) } };
  const { tls, starttls, server_name, min_days, ...rest } = draft.values;
  const number = min_days === undefined || min_days === "" ? undefined : Number(min_days);
  const plain = filled(
    Object.entries(rest).map(([name, value]) => [name, typeof value === "string" ? value.trim() : value]),
  );
  if (plain.method === "GET") delete plain.method;
  const isOwnTls = draft.kind === "http" || draft.kind === "tls";
  const terms = filled([
    ["server_name", server_name],
    ["min_days", number],
  ]);
  if (isOwnTls) return { [draft.kind]: { ...plain, ...terms } };
  // A conversation begins TLS once.
  const secured = { ...(starttls ? { starttls: terms } : tls && { tls: terms }) };
  return PROTOCOLS.includes(draft.kind)
    ? { tcp: { ...plain, protocol: draft.kind, ...secured } }
    : { [draft.kind]: { ...plain, ...secured } };
}

export function definitionOf(draft: Draft): Json {
  return { name: draft.name.trim(), service: draft.service, ...checkOf(draft), interval_secs: draft.interval };
}

/** What is still missing, as a key of the catalogue; null when it can be tried. */
export function missing(draft: Draft): "step" | "field" | null {
  if (draft.kind === "journey") return draft.steps.every((step) => step.name.trim() && step.url.trim()) ? null : "step";
  const lacks = fieldsOf(draft.kind).some((field) => field.needed && !String(draft.values[field.name] ?? "").trim());
  return lacks ? "field" : null;
}
