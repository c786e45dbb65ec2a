// Saved views: a name in the URL, a question to the server. Pure.
import type { DeskFilter, DeskView, IncidentQuery } from "@/api/types";

export const VIEWS = ["mine", "team", "unassigned", "open", "all"] as const;
export type View = (typeof VIEWS)[number];
export const SORTS = ["due", "priority", "opened"] as const;

export interface Filter {
  view: View;
  q: string;
  service: string;
  priority: string;
  assignee: string;
  /** Names of the house's own statuses, parted by commas. */
  status: string;
  /** What a field of the house's own says: its name, a colon, its value. */
  field: string;
  sort: string;
}

export function filterOf(search: URLSearchParams): Filter {
  const view = search.get("view") as View | null;
  return {
    view: view && VIEWS.includes(view) ? view : "open",
    q: search.get("q") ?? "",
    service: search.get("service") ?? "",
    priority: search.get("priority") ?? "",
    assignee: search.get("assignee") ?? "",
    status: search.get("status") ?? "",
    field: search.get("field") ?? "",
    sort: search.get("sort") ?? "due",
  };
}

/** A field that is chosen and says nothing yet narrows nothing. */
const said = (field: string) => /:./.test(field);

export function queryOf(filter: Filter, myTeam: string | undefined): IncidentQuery {
  const query: IncidentQuery = { sort: SORTS.find((sort) => sort === filter.sort) ?? "due" };
  if (filter.view !== "all") query.state = "open";
  if (filter.view === "mine") query.assignee = "me";
  if (filter.view === "unassigned") query.assignee = "none";
  if (filter.view === "team" && myTeam) query.team = myTeam;
  if (filter.q) query.q = filter.q;
  if (filter.service) query.service = filter.service;
  if (filter.priority) query.priority = Number(filter.priority);
  if (filter.status) query.status = filter.status;
  if (said(filter.field)) query.field = filter.field;
  if (filter.assignee && filter.view !== "mine" && filter.view !== "unassigned") query.assignee = filter.assignee;
  return query;
}

/** The queue's question as a saved view keeps it. */
export function viewFilter(filter: Filter, myTeam: string | undefined): DeskFilter {
  const whose = filter.view === "mine" ? "me" : filter.view === "unassigned" ? "nobody" : "all";
  return {
    kind: "incident",
    whose,
    ended: filter.view === "all",
    ...(filter.view === "team" && myTeam && { team: myTeam }),
    ...(filter.q && { q: filter.q }),
    ...(filter.service && { service: filter.service }),
    ...(filter.priority && { priority: Number(filter.priority) }),
    ...(filter.assignee && { assignee: filter.assignee }),
    ...(filter.status && { status: filter.status }),
    ...(said(filter.field) && { field: filter.field }),
  };
}

/** The queue's address that asks the same as a saved view. */
export function queueOf(saved: DeskView): Record<string, string | undefined> {
  const { filter, sort } = saved.asks;
  const view: View =
    filter?.whose === "me"
      ? "mine"
      : filter?.whose === "nobody"
        ? "unassigned"
        : filter?.team
          ? "team"
          : filter?.ended
            ? "all"
            : "open";
  return {
    view,
    service: filter?.service ?? undefined,
    priority: filter?.priority ? String(filter.priority) : undefined,
    assignee: filter?.assignee ?? undefined,
    status: filter?.status ?? undefined,
    field: filter?.field ?? undefined,
    q: filter?.q ?? undefined,
    sort: sort ?? undefined,
    saved: saved.id,
  };
}
