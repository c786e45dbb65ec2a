import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";

const EVERY_MS = 30_000;

export const sloQueries = {
  all: () =>
    queryOptions({
      queryKey: ["slo", "all"],
      queryFn: () => read(client.GET("/api/v1/slos")),
      refetchInterval: EVERY_MS,
    }),
  one: (name: string) =>
    queryOptions({
      queryKey: ["slo", "one", name],
      queryFn: () => read(client.GET("/api/v1/slos/{name}", { params: { path: { name } } })),
      refetchInterval: EVERY_MS,
    }),
};
