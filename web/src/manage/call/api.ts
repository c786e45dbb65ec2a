import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";

export type Call = components["schemas"]["CallRequest"];

export const callQueries = {
  /** Who may be calling, with what is open for them. */
  callers: (q: string) =>
    queryOptions({
      queryKey: ["call", "callers", q],
      queryFn: () => read(client.GET("/api/v1/callers", { params: { query: { q } } })),
      enabled: q !== "",
      placeholderData: keepPreviousData,
    }),
};

export const log = (call: Call) => read(client.POST("/api/v1/calls", { body: call }));
