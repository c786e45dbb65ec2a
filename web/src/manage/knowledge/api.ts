import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { ArticleContent, ArticleCreateRequest, ArticleReviewRequest, Findable } from "@/api/types";

const of = (id: string, version: number) => ({
  params: { path: { id } },
  headers: { "If-Match": `"${version}"` },
});

/** The steps that a person takes. */
export type ArticleStep = "submit" | "send_back" | "publish" | "retire" | "revive";

export const knowledgeQueries = {
  list: (which: "open" | "stale" | "mine" | "retired") =>
    queryOptions({
      queryKey: ["knowledge", "list", which],
      queryFn: () =>
        read(
          client.GET("/api/v1/articles", {
            params: {
              query: {
                state: which === "retired" ? "retired" : "open",
                stale: which === "stale",
                mine: which === "mine",
                limit: 200,
              },
            },
          }),
        ),
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["knowledge", "one", id],
      queryFn: () => read(client.GET("/api/v1/articles/{id}", { params: { path: { id } } })),
    }),
  versions: (id: string) =>
    queryOptions({
      queryKey: ["knowledge", "versions", id],
      queryFn: () => read(client.GET("/api/v1/articles/{id}/versions", { params: { path: { id } } })),
    }),
  difference: (id: string, older: number, newer: number) =>
    queryOptions({
      queryKey: ["knowledge", "difference", id, older, newer],
      queryFn: () =>
        read(client.GET("/api/v1/articles/{id}/difference", { params: { path: { id }, query: { older, newer } } })),
    }),
  preview: (body: string) =>
    queryOptions({
      queryKey: ["knowledge", "preview", body],
      queryFn: () => read(client.POST("/api/v1/articles/preview", { body: { body } })),
      placeholderData: keepPreviousData,
      gcTime: 10_000,
    }),
  related: (kind: "incident" | "request", id: string) =>
    queryOptions({
      queryKey: ["knowledge", "related", kind, id],
      queryFn: () =>
        read(
          kind === "incident"
            ? client.GET("/api/v1/incidents/{id}/related", { params: { path: { id } } })
            : client.GET("/api/v1/requests/{id}/related", { params: { path: { id } } }),
        ),
      staleTime: 30_000,
    }),
  find: (q: string, kind?: Findable, limit = 20) =>
    queryOptions({
      queryKey: ["search", q, kind ?? "", limit],
      queryFn: () => read(client.GET("/api/v1/search", { params: { query: { q, kind, limit } } })),
      placeholderData: keepPreviousData,
      // What was said a moment ago is found a moment later.
      refetchInterval: (query) => (query.state.data?.items.length === 0 ? 2_000 : false),
    }),
};

export const knowledgeActs = {
  create: (body: ArticleCreateRequest) => read(client.POST("/api/v1/articles", { body })),
  save: (id: string, version: number, body: ArticleContent) =>
    read(client.PUT("/api/v1/articles/{id}", { ...of(id, version), body })),
  step: (id: string, version: number, step: ArticleStep) =>
    step === "send_back"
      ? read(client.POST("/api/v1/articles/{id}/send-back", of(id, version)))
      : read(client.POST(`/api/v1/articles/{id}/${step}`, of(id, version))),
  review: (id: string, version: number, body: ArticleReviewRequest) =>
    read(client.POST("/api/v1/articles/{id}/review", { ...of(id, version), body })),
  use: (id: string, kind: "incident" | "request", ticket: string) =>
    read(
      client.POST("/api/v1/articles/{id}/use", { params: { path: { id } }, body: { ticket: { kind, id: ticket } } }),
    ),
  rate: (id: string, helpful: boolean) =>
    read(client.POST("/api/v1/articles/{id}/rating", { params: { path: { id } }, body: { helpful } })),
  opened: (id: string, from_search: boolean) =>
    read(client.POST("/api/v1/articles/{id}/read", { params: { path: { id } }, body: { from_search } })),
  ofProblem: (id: string, language: "zh" | "en") =>
    read(client.POST("/api/v1/problems/{id}/article", { params: { path: { id } }, body: { language } })),
};
