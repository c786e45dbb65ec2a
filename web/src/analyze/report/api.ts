import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { ReportState } from "@/api/types";
import type { Tone } from "@/kit/status";
import type { Permission } from "@/shell/session";

export const reportQueries = {
  all: () =>
    queryOptions({
      queryKey: ["report", "all"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/reports", { params: { query: { limit: 100 } } }))),
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["report", "one", id],
      queryFn: () => read(client.GET("/api/v1/reports/{id}", { params: { path: { id } } })),
    }),
};

export const STATE_TONE: Record<ReportState, Tone> = {
  draft: "unknown",
  in_review: "active",
  rework: "attention",
  approved: "good",
  published: "good",
  superseded: "unknown",
};

export type Step = "submit" | "rework" | "approve" | "publish" | "restate";

/** The edges of the report's state machine; restating makes a new report of a published one. */
export const STEPS: Record<ReportState, readonly Step[]> = {
  draft: ["submit"],
  rework: ["submit"],
  in_review: ["approve", "rework"],
  approved: ["publish", "rework"],
  published: ["restate"],
  superseded: [],
};

export const STEP_PERMISSION: Record<Step, Permission> = {
  submit: "report.write",
  rework: "report.approve",
  approve: "report.approve",
  publish: "report.publish",
  restate: "report.publish",
};

export const isEditable = (state: ReportState) => state === "draft" || state === "rework";

export function take(id: string, step: Step, text: string) {
  const params = { path: { id } };
  switch (step) {
    case "submit":
      return read(client.POST("/api/v1/reports/{id}/submit", { params, body: {} }));
    case "approve":
      return read(client.POST("/api/v1/reports/{id}/approve", { params, body: {} }));
    case "publish":
      return read(client.POST("/api/v1/reports/{id}/publish", { params, body: {} }));
    case "restate":
      return read(client.POST("/api/v1/reports/{id}/restate", { params, body: {} }));
    case "rework":
      return read(client.POST("/api/v1/reports/{id}/rework", { params, body: { text } }));
  }
}
export const reportActs = {
  write: (id: string, section: string, language: string, text: string) =>
    read(client.PUT("/api/v1/reports/{id}/text", { params: { path: { id } }, body: { section, language, text } })),
  comment: (id: string, section: string, text: string) =>
    read(client.POST("/api/v1/reports/{id}/comments", { params: { path: { id } }, body: { section, text } })),
};
