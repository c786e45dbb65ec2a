import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { ProblemOpenRequest } from "@/api/types";

const EVERY = 15_000;
const of = (id: string, version: number) => ({
  params: { path: { id } },
  headers: { "If-Match": `"${version}"` },
});

/** The steps that a person takes. */
export type ProblemStep = "assess" | "analyse" | "know" | "plan" | "fix" | "close";

export const problemQueries = {
  list: (state: "open" | "ended") =>
    queryOptions({
      queryKey: ["problem", "list", state],
      queryFn: () => read(client.GET("/api/v1/problems", { params: { query: { state, limit: 200 } } })),
      refetchInterval: EVERY,
    }),
  proposals: () =>
    queryOptions({
      queryKey: ["problem", "proposals"],
      queryFn: () => read(client.GET("/api/v1/problems/proposals")),
      staleTime: 60_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["problem", "one", id],
      queryFn: () => read(client.GET("/api/v1/problems/{id}", { params: { path: { id } } })),
      refetchInterval: EVERY,
    }),
  incident: (id: string) =>
    queryOptions({
      queryKey: ["problem", "incident", id],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/problems", { params: { path: { id } } })),
    }),
};

export interface Said {
  text: string;
  workaround: string;
  change: string;
}

export const problemActs = {
  open: (body: ProblemOpenRequest) => read(client.POST("/api/v1/problems", { body })),
  step: (id: string, version: number, step: ProblemStep, said: Said) => {
    const text = said.text.trim() || undefined;
    switch (step) {
      case "know":
        return read(
          client.POST("/api/v1/problems/{id}/know", {
            ...of(id, version),
            body: { text: said.text, workaround: said.workaround },
          }),
        );
      case "plan":
        return read(
          client.POST("/api/v1/problems/{id}/plan", { ...of(id, version), body: { change: said.change, text } }),
        );
      default:
        return read(client.POST(`/api/v1/problems/{id}/${step}`, { ...of(id, version), body: { text } }));
    }
  },
  link: (id: string, version: number, incident_id: string) =>
    read(client.POST("/api/v1/problems/{id}/incidents", { ...of(id, version), body: { incident_id } })),
};
