import { queryOptions } from "@tanstack/react-query";
import { ask, type InstantResult, type Labels, PromError, type RangeResult } from "./prom";

// What the engine refused it will refuse again.
const retry = (count: number, error: Error) => count < 1 && !(error instanceof PromError);

export interface Metadata {
  type: string;
  help: string;
  unit: string;
}
export interface Counted {
  name: string;
  value: number;
}
export interface Cardinality {
  headStats: { numSeries: number; numLabelPairs: number; chunkCount: number; minTime: number; maxTime: number };
  seriesCountByMetricName: Counted[];
  labelValueCountByLabelName: Counted[];
  memoryInBytesByLabelName: Counted[];
  seriesCountByLabelValuePair: Counted[];
}

export const metricQueries = {
  /** Start and end in seconds, the step too. */
  range: (query: string, start: number, end: number, step: number) =>
    queryOptions({
      queryKey: ["metric", "range", query, start, end, step],
      queryFn: ({ signal }) => ask<RangeResult>("query_range", { query, start, end, step }, signal, true),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 120_000,
      retry,
      refetchOnWindowFocus: false,
    }),
  instant: (query: string, time: number) =>
    queryOptions({
      queryKey: ["metric", "instant", query, time],
      queryFn: ({ signal }) => ask<InstantResult>("query", { query, time }, signal, true),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 120_000,
      retry,
      refetchOnWindowFocus: false,
    }),
  names: () =>
    queryOptions({
      queryKey: ["metric", "names"],
      queryFn: async ({ signal }) => (await ask<string[]>("label/__name__/values", {}, signal)).data,
      staleTime: 60_000,
      retry,
    }),
  metadata: () =>
    queryOptions({
      queryKey: ["metric", "metadata"],
      queryFn: async ({ signal }) => (await ask<Record<string, Metadata[]>>("metadata", {}, signal)).data,
      staleTime: 300_000,
      retry,
    }),
  labels: (selector: string) =>
    queryOptions({
      queryKey: ["metric", "labels", selector],
      queryFn: async ({ signal }) => (await ask<string[]>("labels", { "match[]": selector || undefined }, signal)).data,
      staleTime: 60_000,
      retry,
    }),
  values: (label: string, selector: string) =>
    queryOptions({
      queryKey: ["metric", "values", label, selector],
      queryFn: async ({ signal }) =>
        (
          await ask<string[]>(
            `label/${encodeURIComponent(label)}/values`,
            { "match[]": selector || undefined, limit: 1000 },
            signal,
          )
        ).data,
      staleTime: 60_000,
      retry,
    }),
  cardinality: (limit: number) =>
    queryOptions({
      queryKey: ["metric", "cardinality", limit],
      queryFn: async ({ signal }) => (await ask<Cardinality>("status/tsdb", { limit }, signal)).data,
      staleTime: 30_000,
      retry,
    }),
};

/** What a client of the autocompletion would need to know of one series. */
export const nameOf = (labels: Labels): string => labels.__name__ ?? "";
