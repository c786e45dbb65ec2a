import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";

const FRESH = 60_000;

export const catalogueQueries = {
  /** What is offered, narrowed by words. */
  all: (q = "") =>
    queryOptions({
      queryKey: ["catalogue", "all", q],
      queryFn: () => read(client.GET("/api/v1/catalogue", { params: { query: q ? { q } : {} } })),
      placeholderData: keepPreviousData,
      staleTime: FRESH,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["catalogue", "one", id],
      queryFn: () => read(client.GET("/api/v1/catalogue/{id}", { params: { path: { id } } })),
    }),
};
