// What the desk shows: a filter in the address, a question to the server, and back. Pure.
import type { DeskQuery, DeskView } from "@/api/types";
import { path } from "@/path";
import type { DeskKind } from "./line";

export const WHOSE = ["team", "me", "nobody", "all"] as const;
export const KINDS = ["incident", "request", "problem", "change", "complaint"] as const satisfies readonly DeskKind[];

export function deskFilter(search: URLSearchParams): DeskQuery {
  const kind = KINDS.find((each) => each === search.get("kind"));
  const whose = WHOSE.find((each) => each === search.get("whose"));
  const priority = Number(search.get("priority"));
  const text = (name: string) => search.get(name) || undefined;
  return {
    ...(kind && { kind }),
    ...(whose && { whose }),
    ...(priority >= 1 && priority <= 5 && { priority }),
    ...(text("service") && { service: text("service") }),
    ...(text("team") && { team: text("team") }),
    ...(text("assignee") && { assignee: text("assignee") }),
    ...(text("status") && { status: text("status") }),
    // A field that is chosen and says nothing yet narrows nothing.
    ...(/:./.test(search.get("field") ?? "") && { field: text("field") }),
    ...(text("q") && { q: text("q") }),
    ...(search.get("ended") === "true" && { ended: true }),
  };
}

/** The address that shows a view. */
export function pathOfView(view: DeskView): string {
  const { filter, sort } = view.asks;
  const { kind, whose, service, team, assignee, priority, status, field, q, ended } = filter ?? {};
  return path.desk({ kind, whose, service, team, assignee, priority, status, field, q, ended, sort, saved: view.id });
}
