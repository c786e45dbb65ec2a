import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { Language, Report, ReportState } from "@/api/types";
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

export type Step = "submit" | "rework" | "approve" | "publish" | "restate" | "refresh";

/** The edges of the report's state machine; refreshing collects the figures anew, restating makes a new report of a published one. */
export const STEPS: Record<ReportState, readonly Step[]> = {
  draft: ["submit", "refresh"],
  rework: ["submit", "refresh"],
  in_review: ["approve", "rework"],
  approved: ["publish", "rework"],
  published: ["restate"],
  superseded: [],
};

export const STEP_PERMISSION: Record<Step, Permission> = {
  submit: "report.write",
  refresh: "report.write",
  rework: "report.approve",
  approve: "report.approve",
  publish: "report.publish",
  restate: "report.publish",
};

export const isEditable = (state: ReportState) => state === "draft" || state === "rework";

/** What others wrote meanwhile is not overwritten: the server refuses with 412. */
const held = (report: Pick<Report, "id" | "revision">) => ({
  params: { path: { id: report.id } },
  headers: { "If-Match": `"${report.revision}"` },
});

export function take(report: Report, step: Step, text: string) {
  const init = held(report);
  switch (step) {
    case "submit":
      return read(client.POST("/api/v1/reports/{id}/submit", init));
    case "refresh":
      return read(client.POST("/api/v1/reports/{id}/refresh", init));
    case "approve":
      return read(client.POST("/api/v1/reports/{id}/approve", init));
    case "publish":
      return read(client.POST("/api/v1/reports/{id}/publish", init));
    case "restate":
      return read(client.POST("/api/v1/reports/{id}/restate", init));
    case "rework":
      return read(client.POST("/api/v1/reports/{id}/rework", { ...init, body: { text } }));
  }
}
export const reportActs = {
  write: (report: Pick<Report, "id" | "revision">, section: string, language: Language, text: string) =>
    read(client.PUT("/api/v1/reports/{id}/text", { ...held(report), body: { section, language, text } })),
  comment: (id: string, section: string, text: string) =>
    read(client.POST("/api/v1/reports/{id}/comments", { params: { path: { id } }, body: { section, text } })),
};
