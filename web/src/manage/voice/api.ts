import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { InsightBody, SignalQuery, VoiceActionBody } from "@/api/types";

export const voiceQueries = {
  board: (days: number) =>
    queryOptions({
      queryKey: ["voice", "board", days],
      queryFn: () => read(client.GET("/api/v1/voice/board", { params: { query: { days } } })),
    }),
  signals: (query: SignalQuery) =>
    queryOptions({
      queryKey: ["voice", "signals", query],
      queryFn: () => read(client.GET("/api/v1/voice/signals", { params: { query } })),
    }),
  insights: () =>
    queryOptions({
      queryKey: ["voice", "insights"],
      queryFn: () => read(client.GET("/api/v1/voice/insights", { params: { query: { limit: 100 } } })),
    }),
};

export const voiceActs = {
  make: (body: InsightBody) => read(client.POST("/api/v1/voice/insights", { body })),
  add: (id: string, body: VoiceActionBody) =>
    read(client.POST("/api/v1/voice/insights/{id}/actions", { params: { path: { id } }, body })),
  measure: (id: string, action_id: string) =>
    read(
      client.POST("/api/v1/voice/insights/{id}/actions/{action_id}/measure", { params: { path: { id, action_id } } }),
    ),
};
