import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { FollowUp, FollowUpRequest, FollowUpWhich } from "@/api/types";

export const followUpQueries = {
  list: (which: FollowUpWhich) =>
    queryOptions({
      queryKey: ["follow-up", "list", which],
      queryFn: () => read(client.GET("/api/v1/follow-ups", { params: { query: { which, limit: 200 } } })),
      refetchInterval: 30_000,
    }),
};

const of = (one: FollowUp) => ({ params: { path: { id: one.id } }, headers: { "If-Match": `"${one.version}"` } });

export const followUpActs = {
  add: (body: FollowUpRequest) => read(client.POST("/api/v1/follow-ups", { body })),
  done: (one: FollowUp) => read(client.POST("/api/v1/follow-ups/{id}/done", of(one))),
  verify: (one: FollowUp, holds: boolean) =>
    read(client.POST("/api/v1/follow-ups/{id}/verify", { ...of(one), body: { holds } })),
};
