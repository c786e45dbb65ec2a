import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { HeartbeatDraft, HeartbeatTimes } from "@/api/types";

export const heartbeatQueries = {
  all: () =>
    queryOptions({
      queryKey: ["heartbeat", "all"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/heartbeats", { params: { query: { limit: 200 } } }))),
      refetchInterval: 10_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["heartbeat", "one", id],
      queryFn: () => read(client.GET("/api/v1/heartbeats/{id}", { params: { path: { id } } })),
      refetchInterval: 10_000,
    }),
  runs: (id: string) =>
    queryOptions({
      queryKey: ["heartbeat", "runs", id],
      queryFn: async () =>
        rowsOf(
          await read(client.GET("/api/v1/heartbeats/{id}/runs", { params: { path: { id }, query: { limit: 100 } } })),
        ),
      refetchInterval: 10_000,
    }),
  coming: (times: HeartbeatTimes) =>
    queryOptions({
      queryKey: ["heartbeat", "coming", times],
      queryFn: () => read(client.POST("/api/v1/heartbeats/preview", { body: times })),
      retry: false,
      placeholderData: (before) => before,
    }),
};

const one = (id: string) => ({ params: { path: { id } } });
export const heartbeatActs = {
  create: (body: HeartbeatDraft) => read(client.POST("/api/v1/heartbeats", { body })),
  change: (id: string, version: number, body: HeartbeatDraft) =>
    read(client.PUT("/api/v1/heartbeats/{id}", { ...one(id), body, headers: { "If-Match": `"${version}"` } })),
  address: (id: string) => read(client.POST("/api/v1/heartbeats/{id}/address", one(id))),
  pause: (id: string) => read(client.POST("/api/v1/heartbeats/{id}/pause", one(id))),
  resume: (id: string) => read(client.POST("/api/v1/heartbeats/{id}/resume", one(id))),
  retire: (id: string) => read(client.DELETE("/api/v1/heartbeats/{id}", one(id))),
};
