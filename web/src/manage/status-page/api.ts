import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { StatusCorrection, StatusPageDefinition, StatusPostBody, StatusUpdateBody } from "@/api/types";

const EVERY = 15_000;

export const statusPageQueries = {
  all: () =>
    queryOptions({
      queryKey: ["status-page", "all"],
      queryFn: () => read(client.GET("/api/v1/status-pages")),
      refetchInterval: EVERY,
    }),
  posts: (name: string) =>
    queryOptions({
      queryKey: ["status-page", "posts", name],
      queryFn: () =>
        read(client.GET("/api/v1/status-pages/{name}/posts", { params: { path: { name }, query: { limit: 50 } } })),
      refetchInterval: EVERY,
    }),
  subscribers: (name: string) =>
    queryOptions({
      queryKey: ["status-page", "subscribers", name],
      queryFn: () =>
        read(
          client.GET("/api/v1/status-pages/{name}/subscribers", { params: { path: { name }, query: { limit: 200 } } }),
        ),
    }),
  /** What outsiders were told of an incident, and what they can be told. */
  incident: (id: string) =>
    queryOptions({
      queryKey: ["status-page", "incident", id],
      queryFn: () => read(client.GET("/api/v1/incidents/{id}/status", { params: { path: { id } } })),
      refetchInterval: EVERY,
    }),
  preview: (name: string, definition: StatusPageDefinition, language: "zh" | "en") =>
    queryOptions({
      queryKey: ["status-page", "preview", name, definition, language],
      queryFn: () => read(client.POST("/api/v1/status-page-previews", { body: { name, definition, language } })),
      placeholderData: (before) => before,
      retry: false,
    }),
};

export const statusPageActs = {
  put: (name: string, body: StatusPageDefinition, version: number | null) =>
    read(
      client.PUT("/api/v1/status-pages/{name}", {
        params: { path: { name } },
        headers: version === null ? {} : { "If-Match": `"${version}"` },
        body,
      }),
    ),
  retire: (name: string) => read(client.DELETE("/api/v1/status-pages/{name}", { params: { path: { name } } })),
  makeLink: (name: string) => read(client.POST("/api/v1/status-pages/{name}/link", { params: { path: { name } } })),
  revokeLink: (name: string) => read(client.DELETE("/api/v1/status-pages/{name}/link", { params: { path: { name } } })),
  begin: (name: string, body: StatusPostBody) =>
    read(client.POST("/api/v1/status-pages/{name}/posts", { params: { path: { name } }, body })),
  goOn: (id: string, body: StatusUpdateBody) =>
    read(client.POST("/api/v1/status-posts/{id}/updates", { params: { path: { id } }, body })),
  correct: (id: string, body: StatusCorrection) =>
    read(client.PUT("/api/v1/status-updates/{id}", { params: { path: { id } }, body })),
  withdraw: (id: string) => read(client.DELETE("/api/v1/status-updates/{id}", { params: { path: { id } } })),
  removeSubscriber: (id: string) =>
    read(client.DELETE("/api/v1/status-subscribers/{id}", { params: { path: { id } } })),
};
