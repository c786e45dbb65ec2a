import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { ClockExplained, RequestListQuery, RequestNote, TimelineEntry } from "@/api/types";

const EVERY = 15_000;

export const requestQueries = {
  list: (query: RequestListQuery) =>
    queryOptions({
      queryKey: ["request", "list", query],
      queryFn: () => read(client.GET("/api/v1/requests", { params: { query } })),
      placeholderData: keepPreviousData,
      refetchInterval: EVERY,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["request", "one", id],
      queryFn: () => read(client.GET("/api/v1/requests/{id}", { params: { path: { id } } })),
      refetchInterval: EVERY,
    }),
  timeline: (id: string) =>
    queryOptions({
      queryKey: ["request", "timeline", id],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/requests/{id}/timeline", { params: { path: { id } } }),
        )) as unknown as TimelineEntry[],
      refetchInterval: EVERY,
    }),
  clock: (id: string) =>
    queryOptions({
      queryKey: ["request", "clock", id],
      queryFn: async () =>
        (await read(
          client.GET("/api/v1/requests/{id}/clock", { params: { path: { id } } }),
        )) as unknown as ClockExplained,
      retry: false,
    }),
  approvals: (past = false) =>
    queryOptions({
      queryKey: ["request", "approvals", past],
      queryFn: () => read(client.GET("/api/v1/approvals", { params: { query: { past } } })),
      refetchInterval: EVERY,
    }),
  tasks: (team: string) =>
    queryOptions({
      queryKey: ["request", "tasks", team],
      queryFn: () =>
        read(client.GET("/api/v1/request-tasks", { params: { query: { limit: 200, ...(team ? { team } : {}) } } })),
      refetchInterval: EVERY,
    }),
  colleagues: (q: string) =>
    queryOptions({
      queryKey: ["request", "colleagues", q],
      queryFn: () => read(client.GET("/api/v1/requests/colleagues", { params: { query: q ? { q } : {} } })),
      placeholderData: keepPreviousData,
      staleTime: 60_000,
    }),
};

const at = (id: string) => ({ params: { path: { id } } });

export const requestActs = {
  // The document knows answers as any object, which its type cannot say.
  create: (body: { item_id: string; answers: Record<string, unknown>; submit: boolean }) =>
    read(client.POST("/api/v1/requests", { body: { ...body, answers: body.answers as never } })),
  fill: (id: string, answers: Record<string, unknown>) =>
    read(client.PUT("/api/v1/requests/{id}/answers", { ...at(id), body: { answers: answers as never } })),
  submit: (id: string) => read(client.POST("/api/v1/requests/{id}/submit", at(id))),
  withdraw: (id: string) => read(client.POST("/api/v1/requests/{id}/withdraw", at(id))),
  accept: (id: string) => read(client.POST("/api/v1/requests/{id}/accept", at(id))),
  rate: (id: string, stars: number, text: string) =>
    read(client.POST("/api/v1/requests/{id}/rate", { ...at(id), body: { stars, text } })),
  answerRating: (id: string, text: string) =>
    read(client.POST("/api/v1/requests/{id}/rating-answer", { ...at(id), body: { text } })),
  wait: (id: string, reason: "customer" | "third_party", text: string) =>
    read(client.POST("/api/v1/requests/{id}/wait", { ...at(id), body: { reason, text } })),
  resume: (id: string) => read(client.POST("/api/v1/requests/{id}/resume", at(id))),
  note: (id: string, body: RequestNote) => read(client.POST("/api/v1/requests/{id}/notes", { ...at(id), body })),
  answer: (id: string, approved: boolean, text: string) =>
    read(client.POST("/api/v1/approvals/{id}/answer", { ...at(id), body: { approved, text } })),
  delegate: (id: string, to: string) =>
    read(client.POST("/api/v1/approvals/{id}/delegate", { ...at(id), body: { to } })),
  start: (id: string) => read(client.POST("/api/v1/request-tasks/{id}/start", at(id))),
  complete: (id: string) => read(client.POST("/api/v1/request-tasks/{id}/complete", at(id))),
  retry: (id: string) => read(client.POST("/api/v1/request-tasks/{id}/retry", at(id))),
};
