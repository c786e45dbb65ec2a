import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";

export interface Period {
  from: string;
  to: string;
  zone: string;
}

export const noiseQueries = {
  review: (period: Period) =>
    queryOptions({
      queryKey: ["noise", "review", period],
      queryFn: () => read(client.GET("/api/v1/noise", { params: { query: period } })),
      placeholderData: keepPreviousData,
    }),
  /** The incidents behind the figures of a rule or probe, a team or a person. */
  rows: (of: string, period: Period) =>
    queryOptions({
      queryKey: ["noise", "rows", of, period],
      queryFn: () => read(client.GET("/api/v1/noise/rows", { params: { query: { of, ...period } } })),
    }),
};

export const dismissSuggestion = (id: string, reason: string) =>
  read(client.POST("/api/v1/noise/suggestions/{id}/dismissal", { params: { path: { id } }, body: { reason } }));
