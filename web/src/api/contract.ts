// The API's surface as openapi-fetch wants it, by hand, until docs/api/openapi.json makes schema.ts (`npm run api`).
import type * as T from "./types";

type Json<B> = { content: { "application/json": B } };
interface Shape {
  path?: object;
  query?: object;
  body?: object;
}
type Body<S extends Shape> = S extends { body: object } ? { requestBody: Json<S["body"]> } : { requestBody?: never };
type Query<S extends Shape> = S extends { query: object } ? { query?: S["query"] } : { query?: never };
type IfMatch = { header?: { "If-Match"?: string } };
type Answer<R> = { responses: { 200: { headers: Record<string, unknown> } & Json<R> } };
type Op<R, S extends Shape = Shape> = { parameters: { path: S["path"] } & Query<S> & IfMatch } & Body<S> & Answer<R>;
type Free<R, S extends Shape = Shape> = { parameters: { path?: never } & Query<S> & IfMatch } & Body<S> & Answer<R>;
type Id = { path: { id: string } };
type Range = { from?: string; to?: string };
type Paged = { after?: string; limit?: number };
type Act<B extends object> = { post: Op<T.Incident, Id & { body: B }> };
type ReportAct<B extends object> = { post: Op<T.Report, Id & { body: B }> };

export interface IncidentQuery extends Paged {
  state?: string;
  service?: string;
  team?: string;
  assignee?: string;
  priority?: string;
  q?: string;
  sort?: string;
}

export interface paths {
  "/api/v1/session": { get: Free<T.Session>; delete: Free<undefined> };
  "/api/v1/session/link": { post: Free<T.Session, { body: { token: string } }> };
  "/api/v1/session/password": {
    post: Free<T.Session, { body: { name: string; password: string } }>;
    put: Free<undefined, { body: { current?: string; new: string } }>;
  };
  "/api/v1/services": { get: Free<T.Page<T.Service>, { query: Paged }> };
  "/api/v1/services/{id}": { get: Op<T.Service, Id> };
  "/api/v1/services/{id}/sli": { get: Op<T.SliHistory, Id & { query: Range }> };
  "/api/v1/sli": { get: Free<T.SliNow[], { query: { services?: string } }> };
  "/api/v1/probes": { get: Free<T.Page<T.Probe>, { query: Paged & { service?: string } }> };
  "/api/v1/probes/{id}": { get: Op<T.Probe, Id> };
  "/api/v1/probes/{id}/series": {
    get: Op<T.Series, Id & { query: Range & { metric: string; points?: number } }>;
  };
  "/api/v1/probes/{id}/run": { post: Op<T.Look, Id> };
  "/api/v1/probes/{id}/pause": { post: Op<T.Probe, Id> };
  "/api/v1/probes/{id}/resume": { post: Op<T.Probe, Id> };
  "/api/v1/host": { get: Free<T.Host> };
  "/api/v1/host/series": { get: Free<T.Series, { query: Range & { metric: string; points?: number } }> };
  "/api/v1/incidents": {
    get: Free<T.Page<T.Incident>, { query: IncidentQuery }>;
    post: Free<
      T.Incident,
      {
        body: {
          service_id: string;
          title: string;
          impact: number;
          urgency: number;
          started_at?: string;
          text?: string;
        };
      }
    >;
  };
  "/api/v1/incidents/{id}": { get: Op<T.Incident, Id> };
  "/api/v1/incidents/{id}/timeline": { get: Op<T.TimelineEntry[], Id> };
  "/api/v1/incidents/{id}/pages": { get: Op<T.IncidentPage[], Id> };
  "/api/v1/incidents/{id}/fault": { get: Op<T.Fault, Id> };
  "/api/v1/incidents/{id}/clocks/{goal}/explain": {
    get: Op<T.ClockExplained, { path: { id: string; goal: string }; query: { agreement?: string } }>;
  };
  "/api/v1/incidents/{id}/assign": Act<{ team_id?: string; person_id?: string }>;
  "/api/v1/incidents/{id}/acknowledge": Act<Record<string, never>>;
  "/api/v1/incidents/{id}/start": Act<Record<string, never>>;
  "/api/v1/incidents/{id}/hold": Act<{ reason: string; text?: string }>;
  "/api/v1/incidents/{id}/resume": Act<Record<string, never>>;
  "/api/v1/incidents/{id}/locate": Act<{ basis: string; text?: string }>;
  "/api/v1/incidents/{id}/restore": Act<{ at?: string }>;
  "/api/v1/incidents/{id}/resolve": Act<{ reason: string; text?: string }>;
  "/api/v1/incidents/{id}/close": Act<Record<string, never>>;
  "/api/v1/incidents/{id}/reopen": Act<{ text?: string }>;
  "/api/v1/incidents/{id}/cancel": Act<{ reason: string }>;
  "/api/v1/incidents/{id}/merge": Act<{ into: string }>;
  "/api/v1/incidents/{id}/split": Act<{ title: string }>;
  "/api/v1/incidents/{id}/priority": Act<{ impact: number; urgency: number }>;
  "/api/v1/incidents/{id}/notes": Act<{ visibility: string; medium: string; text: string }>;
  "/api/v1/incidents/{id}/links": Act<{ other: string; relation: string }>;
  "/api/v1/clocks": { get: Free<T.Clock[], { query: { incidents: string } }> };
  "/api/v1/on-call": { get: Free<T.OnCall[]> };
  "/api/v1/on-call/{team}/shifts": { get: Op<T.Shift[], { path: { team: string }; query: Range }> };
  "/api/v1/on-call/{team}/overrides": {
    post: Op<unknown, { path: { team: string }; body: { person_id: string; from: string; to: string } }>;
  };
  "/api/v1/on-call/overrides/{id}": { delete: Op<undefined, Id> };
  "/api/v1/acknowledgements": {
    post: Free<{ incident_number: number; title: string; person: T.Ref | string }, { body: { token: string } }>;
  };
  "/api/v1/outbox": { get: Free<T.Page<T.OutboxMessage>, { query: { state?: string } & Paged }> };
  "/api/v1/outbox/{id}/retry": { post: Op<unknown, Id> };
  "/api/v1/reports": {
    get: Free<T.Page<T.ReportHead>, { query: Paged }>;
    post: Free<
      T.Report,
      {
        body: {
          customer_id: string | null;
          service_ids: string[];
          from: string;
          to: string;
          zone: string;
          language: string;
        };
      }
    >;
  };
  "/api/v1/reports/{id}": { get: Op<T.Report, Id> };
  "/api/v1/reports/{id}/text": {
    put: Op<T.Report, Id & { body: { section: string; language: string; text: string } }>;
  };
  "/api/v1/reports/{id}/submit": ReportAct<Record<string, never>>;
  "/api/v1/reports/{id}/approve": ReportAct<Record<string, never>>;
  "/api/v1/reports/{id}/rework": ReportAct<{ text: string }>;
  "/api/v1/reports/{id}/publish": ReportAct<Record<string, never>>;
  "/api/v1/reports/{id}/restate": ReportAct<Record<string, never>>;
  "/api/v1/reports/{id}/comments": ReportAct<{ section: string; text: string }>;
  "/api/v1/reports/{id}/figures/{figure}/evidence": { get: Op<T.Evidence, { path: { id: string; figure: string } }> };
  "/api/v1/figures/live/{figure}/evidence": { get: Op<T.Evidence, { path: { figure: string }; query: Range }> };
  "/api/v1/home": { get: Free<T.Home> };
  "/api/v1/people": { get: Free<T.Page<T.Person>, { query: Paged & { q?: string } }> };
  "/api/v1/teams": { get: Free<T.Page<T.Team>, { query: Paged }> };
  "/api/v1/organisations": { get: Free<T.Page<T.Organisation>, { query: Paged }> };
  "/api/v1/agreements": { get: Free<T.Page<T.Agreement>, { query: Paged }> };
  "/api/v1/agreements/{id}": { get: Op<T.Agreement, Id> };
  "/api/v1/calendars": { get: Free<T.Page<T.CalendarDefinition>, { query: Paged }> };
  "/api/v1/duties": { get: Free<T.Page<T.Duty>, { query: Paged }> };
  "/api/v1/events/{seq}": { get: Op<T.LedgerEvent, { path: { seq: number } }> };
  "/api/v1/tokens": {
    get: Free<T.Page<T.Token>>;
    post: Free<
      T.Token & { secret: string },
      { body: { name: string; permissions: string[]; expires_at?: string | null } }
    >;
  };
  "/api/v1/tokens/{id}": { delete: Op<undefined, Id> };
  "/api/v1/definitions": {
    post: Free<
      { changes: T.DefinitionChange[] },
      { body: { files: { name: string; text: string }[]; dry_run: boolean } }
    >;
  };
  "/api/v1/health": { get: Free<T.Health> };
}
