import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { ChangeConflict, ChangeDraftRequest, ChangeEditRequest, ChangeOutcome, ChangeWindow } from "@/api/types";

const EVERY = 15_000;
const of = (id: string, version: number) => ({
  params: { path: { id } },
  headers: { "If-Match": `"${version}"` },
});

/** The steps that need nothing but a word, or less. */
export type ChangeStep = "assess" | "submit" | "start" | "finish" | "review" | "close" | "cancel" | "move" | "edit";

export const changeQueries = {
  list: (state: "open" | "ended") =>
    queryOptions({
      queryKey: ["change", "list", state],
      queryFn: () => read(client.GET("/api/v1/changes", { params: { query: { state, limit: 200 } } })),
      refetchInterval: EVERY,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["change", "one", id],
      queryFn: () => read(client.GET("/api/v1/changes/{id}", { params: { path: { id } } })),
      refetchInterval: EVERY,
    }),
  agenda: () =>
    queryOptions({
      queryKey: ["change", "agenda"],
      queryFn: () => read(client.GET("/api/v1/changes/agenda")),
      refetchInterval: EVERY,
    }),
  calendar: (from: string, to: string) =>
    queryOptions({
      queryKey: ["change", "calendar", from, to],
      queryFn: () => read(client.GET("/api/v1/changes/calendar", { params: { query: { from, to } } })),
      placeholderData: (before) => before,
    }),
  statistics: (from: string, to: string) =>
    queryOptions({
      queryKey: ["change", "statistics", from, to],
      queryFn: () => read(client.GET("/api/v1/change-statistics", { params: { query: { from, to } } })),
    }),
  templates: () =>
    queryOptions({
      queryKey: ["change", "templates"],
      queryFn: () => read(client.GET("/api/v1/change-templates")),
    }),
  incident: (id: string) =>
    queryOptions({
      queryKey: ["change", "incident", id],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/changes", { params: { path: { id } } })),
    }),
};

export const changeActs = {
  draft: (body: ChangeDraftRequest) => read(client.POST("/api/v1/changes", { body })),
  edit: (id: string, version: number, body: ChangeEditRequest) =>
    read(client.PUT("/api/v1/changes/{id}", { ...of(id, version), body })),
  plain: (id: string, version: number, step: "assess" | "submit" | "close") =>
    read(client.POST(`/api/v1/changes/{id}/${step}`, of(id, version))),
  carry: (id: string, version: number, step: "start" | "finish", text: string) =>
    read(client.POST(`/api/v1/changes/{id}/${step}`, { ...of(id, version), body: { text: text.trim() || undefined } })),
  review: (id: string, version: number, outcome: ChangeOutcome, text: string) =>
    read(client.POST("/api/v1/changes/{id}/review", { ...of(id, version), body: { outcome, text } })),
  cancel: (id: string, version: number, text: string) =>
    read(client.POST("/api/v1/changes/{id}/cancel", { ...of(id, version), body: { text } })),
  move: (id: string, version: number, window: ChangeWindow, reopen: boolean, text?: string) =>
    read(client.POST("/api/v1/changes/{id}/move", { ...of(id, version), body: { window, reopen, text } })),
  vote: (id: string, version: number, yes: boolean, text: string) =>
    read(client.POST("/api/v1/changes/{id}/vote", { ...of(id, version), body: { yes, text } })),
  acknowledge: (id: string, version: number, conflict: ChangeConflict["conflict"], text: string) =>
    read(client.POST("/api/v1/changes/{id}/acknowledge", { ...of(id, version), body: { conflict, text } })),
  link: (id: string, version: number, incident_id: string) =>
    read(client.POST("/api/v1/changes/{id}/incidents", { ...of(id, version), body: { incident_id } })),
};
