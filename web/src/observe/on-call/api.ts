import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { OnCall } from "@/api/types";

export const onCallQueries = {
  now: () =>
    queryOptions({
      queryKey: ["on-call", "now"],
      // The document gives the team's name the type of an empty object besides its own.
      queryFn: async () => (await read(client.GET("/api/v1/on-call"))) as unknown as OnCall[],
      refetchInterval: 60_000,
    }),
  shifts: (team: string, from: string, to: string) =>
    queryOptions({
      queryKey: ["on-call", "shifts", team, from, to],
      queryFn: () =>
        read(client.GET("/api/v1/on-call/{team}/shifts", { params: { path: { team }, query: { from, to } } })),
    }),
};

export const onCallActs = {
  override: (team: string, body: { person_id: string; from: string; to: string }) =>
    read(client.POST("/api/v1/on-call/{team}/overrides", { params: { path: { team } }, body })),
  remove: (id: string) => read(client.DELETE("/api/v1/on-call/overrides/{id}", { params: { path: { id } } })),
};
