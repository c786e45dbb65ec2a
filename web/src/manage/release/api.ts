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
      queryFn: (): Promise<ReleaseDetail> => read(client.GET("/api/v1/releases/{id}", { params: { path: { id } } })),
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

/** The answer is the release as it is then. */
async function ask(release: Release, act: ReleaseAct, text: string, outcome: string): Promise<ReleaseDetail> {
  const said = text.trim() || undefined;
  const at = of(release);
  if ("stage" in act) {
    const params = { path: { id: release.id, stage: act.stage } };
    const body = { act: act.what, text: said };
    return read(client.POST("/api/v1/releases/{id}/stages/{stage}", { ...at, params, body }));
  }
  switch (act.what) {
    case "approve":
    case "sendBack":
      return read(client.POST("/api/v1/releases/{id}/approve", { ...at, body: { yes: act.what === "approve", text } }));
    case "rollBack":
      return read(client.POST("/api/v1/releases/{id}/roll-back", { ...at, body: { text, outcome } }));
    default:
      return read(client.POST("/api/v1/releases/{id}/step", { ...at, body: { step: act.what, text: said } }));
  }
}

/** Its changes may have moved with it. */
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
  useRelease(({ act, text, outcome }: { act: ReleaseAct; text: string; outcome: string }) =>
    ask(release, act, text, outcome),
  );

/** Writes a release anew, or plans one. */
export const useWrite = (release: Release | undefined) =>
  useRelease(
    (body: ReleaseBody): Promise<ReleaseDetail> =>
      release
        ? read(client.PUT("/api/v1/releases/{id}", { ...of(release), body }))
        : read(client.POST("/api/v1/releases", { body })),
  );
