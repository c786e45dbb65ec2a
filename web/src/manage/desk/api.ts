import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { Problem } from "@/api/problem";
import type { BulkDoing, BulkOutcome, DeskExport, DeskQuery, DeskViewBody } from "@/api/types";

export type TicketKind = "incident" | "request" | "problem";
const EVERY = 20_000;
const of = (kind: TicketKind, id: string) => ({ params: { path: { kind, id } } });

export const deskQueries = {
  views: () =>
    queryOptions({
      queryKey: ["desk", "views"],
      queryFn: () => read(client.GET("/api/v1/views")),
      refetchInterval: EVERY,
    }),
  waiting: () =>
    queryOptions({
      queryKey: ["desk", "waiting"],
      queryFn: () => read(client.GET("/api/v1/desk/waiting")),
      refetchInterval: EVERY,
    }),
  counts: () =>
    queryOptions({
      queryKey: ["desk", "counts"],
      queryFn: () => read(client.GET("/api/v1/desk/counts")),
      refetchInterval: EVERY,
    }),
  time: (kind: TicketKind, id: string) =>
    queryOptions({
      queryKey: ["desk", "time", id],
      queryFn: () => read(client.GET("/api/v1/tickets/{kind}/{id}/time", of(kind, id))),
    }),
  watchers: (kind: TicketKind, id: string) =>
    queryOptions({
      queryKey: ["desk", "watchers", id],
      queryFn: () => read(client.GET("/api/v1/tickets/{kind}/{id}/watchers", of(kind, id))),
    }),
  checklist: (id: string) =>
    queryOptions({
      queryKey: ["incident", "checklist", id],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/checklist", { params: { path: { id } } })),
    }),
};

export const PAGE = 50;

/** A page of the desk. */
export const deskPage = (filter: DeskQuery, after: string | null) =>
  read(client.GET("/api/v1/desk", { params: { query: { ...filter, limit: PAGE, ...(after ? { after } : {}) } } }));

/** What was there before stays until the new is there. */
export const KEPT = { placeholderData: keepPreviousData, refetchInterval: EVERY } as const;

export const deskActs = {
  /** As the server writes it: what a field says is left as it is. */
  take: async (filter: DeskQuery) =>
    (await read(client.POST("/api/v1/desk/export", { body: filter }))) as unknown as DeskExport,
  makeView: (body: DeskViewBody) => read(client.POST("/api/v1/views", { body })),
  removeView: (id: string) => read(client.DELETE("/api/v1/views/{id}", { params: { path: { id } } })),
  pinView: (id: string | null) => read(client.PUT("/api/v1/views/pinned", { body: { view_id: id } })),
  record: (kind: TicketKind, id: string, minutes: number, text: string) =>
    read(client.POST("/api/v1/tickets/{kind}/{id}/time", { ...of(kind, id), body: { minutes, text: text || null } })),
  correct: (id: string, minutes: number, text: string) =>
    read(
      client.POST("/api/v1/time-entries/{id}/correct", {
        params: { path: { id } },
        body: { minutes, text: text || null },
      }),
    ),
  watch: (kind: TicketKind, id: string) => read(client.PUT("/api/v1/tickets/{kind}/{id}/watch", of(kind, id))),
  unwatch: (kind: TicketKind, id: string) => read(client.DELETE("/api/v1/tickets/{kind}/{id}/watch", of(kind, id))),
  present: (kind: TicketKind, id: string, writing: boolean) =>
    read(client.PUT("/api/v1/tickets/{kind}/{id}/presence", { ...of(kind, id), body: { writing } })),
  gone: (kind: TicketKind, id: string) =>
    read(client.DELETE("/api/v1/tickets/{kind}/{id}/presence", { ...of(kind, id), keepalive: true })),
  addCheck: (id: string, text: string) =>
    read(client.POST("/api/v1/incidents/{id}/checklist", { params: { path: { id } }, body: { text } })),
  check: (id: string, item: string, done: boolean) =>
    read(client.PUT("/api/v1/incidents/{id}/checklist/{item}", { params: { path: { id, item } }, body: { done } })),
  bulk: (doing: BulkDoing, incidents: { id: string; version?: number }[], dryRun = false) =>
    read(client.POST("/api/v1/incidents/bulk", { body: { doing, incidents, dry_run: dryRun } })),
  undo: (id: string) => read(client.POST("/api/v1/bulk-acts/{id}/undo", { params: { path: { id } } })),
};

/** Does something; whatever shows it is asked again, also after a refusal. */
export function useDeskAct<A extends unknown[], R>(act: (...args: A) => Promise<R>, done?: (answer: R) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (args: A) => act(...args),
    onSuccess: done,
    onSettled: () => {
      for (const family of ["desk", "incident", "clock", "fault", "home"])
        void queries.invalidateQueries({ queryKey: [family] });
    },
  });
}

/** Why one incident refused, as a problem that a form can tell. */
export function refusalOf(result: BulkOutcome["results"][number]): Problem {
  const status = result.code === "precondition_failed" ? 412 : 409;
  return new Problem(result.code ?? "internal", status, result.detail, null, result.allowed);
}
