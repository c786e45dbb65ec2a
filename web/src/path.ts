// Every URL of the console, from one place.

type Query = Record<string, string | number | boolean | null | undefined>;

function withQuery(base: string, query?: Query): string {
  if (!query) return base;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "" && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${base}?${text}` : base;
}

export type SettingsPart =
  | "people"
  | "teams"
  | "organisations"
  | "desk"
  | "agreements"
  | "calendars"
  | "tokens"
  | "health"
  | "configuration"
  | "me";
export interface IncidentListQuery extends Query {
  view?: string;
  service?: string;
  team?: string;
  assignee?: string;
  priority?: string;
  q?: string;
  sort?: string;
}

export const path = {
  home: () => "/",
  boards: () => "/boards",
  signIn: (back?: string) => withQuery("/sign-in", { back }),
  acknowledge: () => "/ack",
  incidents: (query?: IncidentListQuery) => withQuery("/incidents", query),
  incident: (id: string) => `/incidents/${encodeURIComponent(id)}`,
  desk: (query?: Query) => withQuery("/desk", query),
  requests: (query?: Query) => withQuery("/requests", query),
  request: (id: string) => `/requests/${encodeURIComponent(id)}`,
  catalogue: () => "/catalogue",
  catalogueItem: (id: string) => `/catalogue/${encodeURIComponent(id)}`,
  portal: () => "/portal",
  portalItem: (id: string) => `/portal/items/${encodeURIComponent(id)}`,
  portalRequests: () => "/portal/requests",
  portalRequest: (id: string) => `/portal/requests/${encodeURIComponent(id)}`,
  portalApprovals: () => "/portal/approvals",
  portalComplaints: () => "/portal/complaints",
  portalComplaint: (id: string) => `/portal/complaints/${encodeURIComponent(id)}`,
  portalGrievance: (id: string) => `/portal/grievances/${encodeURIComponent(id)}`,
  complaints: (query?: Query) => withQuery("/complaints", query),
  complaint: (id: string) => `/complaints/${encodeURIComponent(id)}`,
  grievance: (id: string) => `/grievances/${encodeURIComponent(id)}`,
  surveys: (query?: Query) => withQuery("/surveys", query),
  voice: () => "/voice",
  mail: (query?: Query) => withQuery("/mail", query),
  suppressions: (query?: Query) => withQuery("/suppressions", query),
  changes: (query?: Query) => withQuery("/changes", query),
  change: (id: string) => `/changes/${encodeURIComponent(id)}`,
  changeAgenda: () => "/changes/agenda",
  changeCalendar: () => "/changes/calendar",
  changeStatistics: () => "/changes/statistics",
  releases: (query?: Query) => withQuery("/releases", query),
  release: (id: string) => `/releases/${encodeURIComponent(id)}`,
  problems: (query?: Query) => withQuery("/problems", query),
  problem: (id: string) => `/problems/${encodeURIComponent(id)}`,
  reviews: (query?: Query) => withQuery("/reviews", query),
  review: (id: string) => `/reviews/${encodeURIComponent(id)}`,
  reviewEdition: (id: string, edition: number) => `/reviews/${encodeURIComponent(id)}/editions/${edition}`,
  followUps: (query?: Query) => withQuery("/follow-ups", query),
  articles: (query?: Query) => withQuery("/knowledge", query),
  article: (id: string) => `/knowledge/${encodeURIComponent(id)}`,
  articleNew: () => "/knowledge/new",
  articleEdit: (id: string) => `/knowledge/${encodeURIComponent(id)}/edit`,
  portalArticle: (id: string, query?: Query) => withQuery(`/portal/articles/${encodeURIComponent(id)}`, query),
  search: (query?: Query) => withQuery("/search", query),
  statusPages: (query?: Query) => withQuery("/status-pages", query),
  statusPage: (name: string) => `/status-pages/${encodeURIComponent(name)}`,
  services: () => "/services",
  service: (id: string) => `/services/${encodeURIComponent(id)}`,
  probes: () => "/probes",
  probe: (id: string) => `/probes/${encodeURIComponent(id)}`,
  heartbeats: () => "/heartbeats",
  heartbeat: (id: string) => `/heartbeats/${encodeURIComponent(id)}`,
  own: () => "/evenkeel",
  host: () => "/host",
  /** Queries, with whatever else of the explorer's state. */
  explorer: (queries: string[] = [], rest: Record<string, string> = {}) => {
    const search = new URLSearchParams([...queries.map((query) => ["q", query]), ...Object.entries(rest)]);
    return search.size > 0 ? `/observe/metrics?${search}` : "/observe/metrics";
  },
  cardinality: () => "/observe/cardinality",
  dashboards: () => "/observe/dashboards",
  dashboard: (name: string) => `/observe/dashboards/${encodeURIComponent(name)}`,
  targets: (query?: Query) => withQuery("/observe/targets", query),
  rules: (query?: Query) => withQuery("/observe/rules", query),
  slos: () => "/observe/slos",
  slo: (name: string) => `/observe/slos/${encodeURIComponent(name)}`,
  onCall: () => "/on-call",
  contact: () => "/on-call/contact",
  noise: (query?: Query) => withQuery("/noise", query),
  reports: () => "/reports",
  report: (id: string, section?: string) => `/reports/${encodeURIComponent(id)}${section ? `#${section}` : ""}`,
  reportPdf: (id: string, language: string) => `/api/v1/reports/${encodeURIComponent(id)}/pdf?language=${language}`,
  settings: (part: SettingsPart | "" = "people", query?: Query) =>
    withQuery(part ? `/settings/${part}` : "/settings", query),
} as const;

/** Only a path of ours may be gone back to after sign-in. */
export function safeBack(back: string | null): string {
  return back?.startsWith("/") && !back.startsWith("//") && !back.startsWith("/\\") ? back : path.home();
}
