import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";

export const ownQuery = () =>
  queryOptions({
    queryKey: ["health", "own"],
    queryFn: () => read(client.GET("/api/v1/own")),
    refetchInterval: 10_000,
  });
