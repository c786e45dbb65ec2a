import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { App } from "antd";
import { client, read } from "@/api/client";
import type { paths } from "@/api/schema";
import type { Incident, IncidentQuery, Page, Session, TimelineEntry } from "@/api/types";
import { useText } from "@/i18n";
import { useProblemText } from "@/kit/answer";
import { useSession } from "@/shell/session";
import type { Act } from "./actions";
import { incidentNumber } from "./words";

export const incidentQueries = {
  list: (query: IncidentQuery) =>
    queryOptions({
      queryKey: ["incident", "list", query],
      queryFn: () => read(client.GET("/api/v1/incidents", { params: { query } })),
      placeholderData: keepPreviousData,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["incident", "one", id],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}", { params: { path: { id } } })),
    }),
  timeline: (id: string) =>
    queryOptions({
      queryKey: ["incident", "timeline", id],
      queryFn: async () =>
        (await read(client.GET("/api/v1/incidents/{id}/timeline", { params: { path: { id } } }))) as TimelineEntry[],
    }),
};

/** Where each act is asked for. Its body is what the server's document says it is. */
const ASKED_AT = {
  acknowledge: "/api/v1/incidents/{id}/acknowledge",
  assign: "/api/v1/incidents/{id}/assign",
  start: "/api/v1/incidents/{id}/start",
  note: "/api/v1/incidents/{id}/notes",
  hold: "/api/v1/incidents/{id}/hold",
  resume: "/api/v1/incidents/{id}/resume",
  locate: "/api/v1/incidents/{id}/locate",
  restore: "/api/v1/incidents/{id}/restore",
  resolve: "/api/v1/incidents/{id}/resolve",
  close: "/api/v1/incidents/{id}/close",
  reopen: "/api/v1/incidents/{id}/reopen",
  cancel: "/api/v1/incidents/{id}/cancel",
  merge: "/api/v1/incidents/{id}/merge",
  split: "/api/v1/incidents/{id}/split",
  priority: "/api/v1/incidents/{id}/priority",
  link: "/api/v1/incidents/{id}/links",
} as const satisfies Record<Act, keyof paths>;

type BodyAt<P extends keyof paths> = paths[P] extends {
  post: { requestBody?: { content: { "application/json": infer Body } } };
}
  ? Exclude<Body, undefined>
  : unknown;

/** One act on one incident, as the server takes it. */
export type Doing = { [A in Act]: { act: A } & BodyAt<(typeof ASKED_AT)[A]> }[Act];

export function send(incident: Pick<Incident, "id" | "version">, { act, ...body }: Doing): Promise<Incident> {
  // What others wrote meanwhile is not overwritten: the server refuses with 412. A note adds and cannot clash.
  const headers = act === "note" || act === "link" ? {} : { "If-Match": `"${incident.version}"` };
  // One call for all: `Doing` has made sure already that each act comes with its own body.
  const post = client.POST as (at: string, asked: object) => Promise<{ data?: Incident; response: Response }>;
  const asked = Object.keys(body).length > 0 || act === "restore" || act === "reopen" ? { body } : {};
  return read(post(ASKED_AT[act], { params: { path: { id: incident.id } }, headers, ...asked }));
}

/** What the row will most likely look like, shown at once; the server's answer replaces it, a refusal takes it back. */
export function foreseen(incident: Incident, doing: Doing, session: Session | null, nowIso: string): Incident {
  const me = session ? { id: session.person.id, display: session.person.display } : null;
  switch (doing.act) {
    case "acknowledge":
      return { ...incident, acknowledged_at: nowIso, assignee: incident.assignee ?? me };
    case "start":
    case "resume":
      return { ...incident, state: "in_progress", hold: null };
    case "hold":
      return { ...incident, state: "on_hold", hold: doing.reason };
    case "restore":
      return { ...incident, restored_at: doing.at ?? nowIso };
    case "resolve":
      return { ...incident, state: "resolved", resolved_at: nowIso, hold: null };
    case "close":
      return { ...incident, state: "closed" };
    case "reopen":
      return { ...incident, state: "reopened", resolved_at: null };
    case "cancel":
      return { ...incident, state: "cancelled", hold: null };
    case "merge":
      return { ...incident, state: "merged", hold: null };
    case "assign":
      return {
        ...incident,
        state: incident.state === "new" ? "assigned" : incident.state,
        assignee: doing.person_id === me?.id ? me : incident.assignee,
      };
    case "priority":
      return { ...incident, impact: doing.impact, urgency: doing.urgency };
    default:
      return incident;
  }
}

interface Acting {
  incident: Incident;
  doing: Doing;
  /** A form that is still open tells the refusal itself. */
  toldThere?: boolean;
}

/** The incident as this console knows it now: a form may have been opened on an older one. */
export function latest(queries: QueryClient, incident: Incident): Incident {
  const rows = queries
    .getQueriesData<InfiniteData<Page<Incident>>>({ queryKey: ["incident", "queue"] })
    .flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? []);
  const one = queries.getQueryData<Incident>(incidentQueries.one(incident.id).queryKey);
  return [one, ...rows.filter((row) => row.id === incident.id)].reduce<Incident>(
    (newest, each) => (each && each.version > newest.version ? each : newest),
    incident,
  );
}

/** Does an act optimistically: every list and the detail show it at once, and roll back when it is refused. */
export function useAct() {
  const queries = useQueryClient();
  const session = useSession();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const { t } = useText();
  return useMutation({
    mutationFn: ({ incident, doing }: Acting) => send(incident, doing),
    onMutate: async ({ incident, doing }) => {
      await queries.cancelQueries({ queryKey: ["incident"] });
      const before = queries.getQueriesData<unknown>({ queryKey: ["incident"] });
      const next = foreseen(incident, doing, session, new Date().toISOString());
      put(queries, next);
      return { before };
    },
    onError: (error, { incident, toldThere }, kept) => {
      for (const [key, data] of kept?.before ?? []) queries.setQueryData(key, data);
      if (!toldThere)
        message.error(t("incident.notDone", { number: incidentNumber(incident.number), why: problemText(error) }), 8);
    },
    onSuccess: (incident) => {
      if (incident && typeof incident === "object" && "id" in incident) put(queries, incident);
    },
    onSettled: () => {
      for (const family of ["incident", "clock", "fault", "home"])
        void queries.invalidateQueries({ queryKey: [family] });
    },
  });
}

function put(queries: QueryClient, incident: Incident) {
  const inPage = (page: Page<Incident>): Page<Incident> => ({
    ...page,
    items: page.items.map((row) => (row.id === incident.id ? { ...row, ...incident } : row)),
  });
  queries.setQueryData<Incident>(["incident", "one", incident.id], (old) => (old ? { ...old, ...incident } : old));
  queries.setQueriesData<Page<Incident>>({ queryKey: ["incident", "list"] }, (page) => (page ? inPage(page) : page));
  queries.setQueriesData<InfiniteData<Page<Incident>>>({ queryKey: ["incident", "queue"] }, (data) =>
    data ? { ...data, pages: data.pages.map(inPage) } : data,
  );
}
