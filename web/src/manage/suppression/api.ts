import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { Matcher, SilenceBody, SuppressionQuery } from "@/api/types";

const EVERY = 15_000;

export const silenceQueries = {
  all: () =>
    queryOptions({
      queryKey: ["silence", "all"],
      queryFn: () => read(client.GET("/api/v1/silences", { params: { query: { limit: 200 } } })),
      refetchInterval: EVERY,
    }),
  /** What these matchers match of the alerts that fire now. */
  preview: (matchers: Matcher[] | null) =>
    queryOptions({
      queryKey: ["silence", "preview", matchers],
      queryFn: () => read(client.POST("/api/v1/silences/preview", { body: { matchers: matchers ?? [] } })),
      enabled: matchers !== null,
      placeholderData: keepPreviousData,
      retry: false,
    }),
};

export const suppressionQueries = {
  list: (query: SuppressionQuery) =>
    queryOptions({
      queryKey: ["suppression", "list", query],
      queryFn: () => read(client.GET("/api/v1/suppressions", { params: { query } })),
      placeholderData: keepPreviousData,
      refetchInterval: EVERY,
    }),
  summary: () =>
    queryOptions({
      queryKey: ["suppression", "summary"],
      queryFn: () => read(client.GET("/api/v1/suppressions/summary")),
      refetchInterval: EVERY,
    }),
};

export const silenceActs = {
  make: (body: SilenceBody) => read(client.POST("/api/v1/silences", { body })),
  put: (id: string, body: SilenceBody) => read(client.PUT("/api/v1/silences/{id}", { params: { path: { id } }, body })),
  end: (id: string) => read(client.DELETE("/api/v1/silences/{id}", { params: { path: { id } } })),
};
