import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { ClockExplained, DiscontentRequest } from "@/api/types";

const EVERY = 15_000;
const of = (id: string, version: number) => ({
  params: { path: { id } },
  headers: { "If-Match": `"${version}"` },
});

/** The steps of a complaint that are a word and perhaps a text. */
export type ComplaintStep = "acknowledge" | "investigate" | "accept" | "reject" | "learn" | "close";
export type GrievanceStep = "explain" | "settle" | "escalate";

export const complaintQueries = {
  list: (state: "open" | "ended" | "") =>
    queryOptions({
      queryKey: ["complaint", "list", state],
      queryFn: () =>
        read(client.GET("/api/v1/complaints", { params: { query: { state: state || undefined, limit: 200 } } })),
      refetchInterval: EVERY,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["complaint", "one", id],
      queryFn: () => read(client.GET("/api/v1/complaints/{id}", { params: { path: { id } } })),
      refetchInterval: EVERY,
    }),
  clock: (id: string) =>
    queryOptions({
      queryKey: ["complaint", "clock", id],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/complaints/{id}/clock", { params: { path: { id } } }),
        )) as unknown as ClockExplained,
      retry: false,
    }),
  phrases: (text: string) =>
    queryOptions({
      queryKey: ["phrase", text],
      enabled: text.trim() !== "",
      queryFn: () => read(client.POST("/api/v1/phrases/check", { body: { text } })),
      staleTime: Number.POSITIVE_INFINITY,
    }),
};

export const grievanceQueries = {
  list: (query: { state?: "open" | "ended"; ticket?: string }) =>
    queryOptions({
      queryKey: ["complaint", "grievances", query],
      queryFn: () => read(client.GET("/api/v1/grievances", { params: { query: { ...query, limit: 200 } } })),
      refetchInterval: EVERY,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["complaint", "grievance", id],
      queryFn: () => read(client.GET("/api/v1/grievances/{id}", { params: { path: { id } } })),
      refetchInterval: EVERY,
    }),
};

export const complaintActs = {
  register: (body: DiscontentRequest) => read(client.POST("/api/v1/complaints", { body })),
  step: (id: string, version: number, step: ComplaintStep, text: string) =>
    read(
      client.POST(`/api/v1/complaints/{id}/${step}`, { ...of(id, version), body: { text: text.trim() || undefined } }),
    ),
  reply: (id: string, version: number, text: string) =>
    read(client.POST("/api/v1/complaints/{id}/reply", { ...of(id, version), body: { text } })),
  approve: (id: string, version: number) =>
    read(client.POST("/api/v1/complaints/{id}/approve", { ...of(id, version) })),
  send: (id: string, version: number) => read(client.POST("/api/v1/complaints/{id}/send", { ...of(id, version) })),
};

export const grievanceActs = {
  hear: (body: DiscontentRequest) => read(client.POST("/api/v1/grievances", { body })),
  step: (id: string, version: number, step: GrievanceStep, text: string) =>
    step === "explain"
      ? read(client.POST("/api/v1/grievances/{id}/explain", { ...of(id, version), body: { text } }))
      : read(
          client.POST(`/api/v1/grievances/{id}/${step}`, {
            ...of(id, version),
            body: { text: text.trim() || undefined },
          }),
        ),
};
