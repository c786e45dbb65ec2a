import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { Release, ReleaseBody, ReleaseDetail, ReleaseStageAct, ReleaseStep } from "@/api/types";

const EVERY = 15_000;

export const releaseQueries = {
  list: (state: "open" | "ended") =>
    queryOptions({
      queryKey: ["release", "list", state],
      queryFn: () => read(client.GET("/api/v1/releases", { params: { query: { state, limit: 200 } } })),
      refetchInterval: EVERY,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["release", "one", id],
      queryFn: async () =>
        (await read(client.GET("/api/v1/releases/{id}", { params: { path: { id } } }))) as ReleaseDetail,
      refetchInterval: EVERY,
    }),
  change: (id: string) =>
    queryOptions({
      queryKey: ["release", "change", id],
      queryFn: () => read(client.GET("/api/v1/changes/{id}/releases", { params: { path: { id } } })),
    }),
  statistics: (from: string, to: string) =>
    queryOptions({
      queryKey: ["release", "statistics", from, to],
      queryFn: () => read(client.GET("/api/v1/release-statistics", { params: { query: { from, to } } })),
    }),
};

/** What may be done with a release, beside writing it. */
export type ReleaseAct =
  | { what: ReleaseStep }
  | { what: "approve" | "sendBack" }
  | { what: "rollBack" }
  | { what: ReleaseStageAct; stage: number };

const of = (release: Release) => ({
  params: { path: { id: release.id } },
  headers: { "If-Match": `"${release.version}"` },
});

function ask(release: Release, act: ReleaseAct, text: string, outcome: string) {
  const said = text.trim() || undefined;
  const at = of(release);
  if ("stage" in act) {
    const params = { path: { ...at.params.path, stage: act.stage } };
    return client.POST("/api/v1/releases/{id}/stages/{stage}", { ...at, params, body: { act: act.what, text: said } });
  }
  switch (act.what) {
    case "approve":
    case "sendBack":
      return client.POST("/api/v1/releases/{id}/approve", { ...at, body: { yes: act.what === "approve", text } });
    case "rollBack":
      return client.POST("/api/v1/releases/{id}/roll-back", { ...at, body: { text, outcome } });
    default:
      return client.POST("/api/v1/releases/{id}/step", { ...at, body: { step: act.what, text: said } });
  }
}

/** Writing, or doing something: the answer is the release as it is then, and its changes may have moved with it. */
function useRelease<A>(send: (asked: A) => Promise<ReleaseDetail>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (found) => queries.setQueryData(releaseQueries.one(found.id).queryKey, found),
    onSettled: () => {
      for (const family of ["release", "change"]) void queries.invalidateQueries({ queryKey: [family] });
    },
  });
}

export const useAct = (release: Release) =>
  useRelease(
    async ({ act, text, outcome }: { act: ReleaseAct; text: string; outcome: string }) =>
      (await read(ask(release, act, text, outcome) as ReturnType<typeof client.POST>)) as unknown as ReleaseDetail,
  );

export const useWrite = (of_: Release | undefined) =>
  useRelease(
    async (body: ReleaseBody) =>
      (await read(
        of_ ? client.PUT("/api/v1/releases/{id}", { ...of(of_), body }) : client.POST("/api/v1/releases", { body }),
      )) as ReleaseDetail,
  );
