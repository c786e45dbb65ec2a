import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { ask, type Labels, PromError } from "@/observe/metric/prom";

export type AlertState = "inactive" | "pending" | "firing";
export interface Alert {
  labels: Labels;
  annotations: Labels;
  state: AlertState;
  activeAt?: string;
  keepFiringSince?: string;
  value: string;
  /** Seconds in which nobody could look while it was active. */
  unobservedSeconds?: number;
}
export interface Rule {
  type: "alerting" | "recording";
  name: string;
  query: string;
  state?: AlertState;
  duration?: number;
  keepFiringFor?: number;
  labels?: Labels;
  annotations?: Labels;
  alerts?: Alert[];
  health: "ok" | "err" | "unknown";
  lastError?: string;
  evaluationTime: number;
  lastEvaluation: string;
  failures?: number;
  refused?: string;
  unobserved?: [string, string][];
  keepQuery?: string;
}
export interface Group {
  name: string;
  file: string;
  rules: Rule[];
  interval: number;
  evaluationTime: number;
  lastEvaluation: string;
  missed?: number;
  unrouted?: number;
}
export interface Rules {
  groups: Group[];
  /** Why the files read last were not taken. */
  trouble?: string;
}

const retry = (count: number, error: Error) => count < 1 && !(error instanceof PromError);

export const ruleQueries = {
  all: () =>
    queryOptions({
      queryKey: ["rule", "all"],
      queryFn: async ({ signal }) => (await ask<Rules>("rules", {}, signal)).data,
      refetchInterval: 10_000,
      retry,
    }),
  /** How often each fired, and how much of that was noise. */
  histories: () =>
    queryOptions({
      queryKey: ["rule", "histories"],
      queryFn: () => read(client.GET("/api/v1/rules/history", { params: { query: {} } })),
      refetchInterval: 30_000,
    }),
  firings: (id: string) =>
    queryOptions({
      queryKey: ["rule", "firings", id],
      queryFn: () => read(client.GET("/api/v1/rules/{id}/history", { params: { path: { id }, query: {} } })),
      refetchInterval: 30_000,
    }),
};
