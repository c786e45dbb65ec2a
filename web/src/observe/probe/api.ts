import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";

export const probeQueries = {
  all: () =>
    queryOptions({
      queryKey: ["probe", "all"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/probes", { params: { query: { limit: 200 } } }))),
      refetchInterval: 15_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["probe", "one", id],
      queryFn: () => read(client.GET("/api/v1/probes/{id}", { params: { path: { id } } })),
      refetchInterval: 10_000,
    }),
  evidence: (id: string) =>
    queryOptions({
      queryKey: ["probe", "evidence", id],
      queryFn: () => read(client.GET("/api/v1/probes/{id}/evidence", { params: { path: { id } } })),
      refetchInterval: 15_000,
    }),
  vantages: () =>
    queryOptions({
      queryKey: ["probe", "vantages"],
      queryFn: () => read(client.GET("/api/v1/vantages")),
      refetchInterval: 10_000,
    }),
  series: (id: string, minutes: number, metric = "probe_duration_seconds") =>
    queryOptions({
      queryKey: ["probe", "series", id, metric, minutes],
      queryFn: () => {
        const to = new Date();
        const from = new Date(to.getTime() - minutes * 60_000);
        return read(
          client.GET("/api/v1/probes/{id}/series", {
            params: { path: { id }, query: { metric, from: from.toISOString(), to: to.toISOString(), points: 360 } },
          }),
        );
      },
      refetchInterval: 15_000,
    }),
};

export const probeActs = {
  // The document knows the definition as any object, which its type cannot say.
  tryOut: (definition: Record<string, unknown>) =>
    read(client.POST("/api/v1/probes/try", { body: { definition: definition as never } })),
  /** As configuration, so that it is versioned and in the ledger like every other. JSON is YAML. */
  declare: (definition: Record<string, unknown>) =>
    read(
      client.POST("/api/v1/definitions", {
        body: {
          files: [{ name: "console.yaml", text: JSON.stringify({ version: 1, probes: [definition] }) }],
          dry_run: false,
        },
      }),
    ),
  /** As a file says it, to be changed and applied. */
  definition: (id: string) => read(client.GET("/api/v1/probes/{id}/definition", { params: { path: { id } } })),
  run: (id: string) => read(client.POST("/api/v1/probes/{id}/run", { params: { path: { id } } })),
  pause: (id: string) => read(client.POST("/api/v1/probes/{id}/pause", { params: { path: { id } } })),
  resume: (id: string) => read(client.POST("/api/v1/probes/{id}/resume", { params: { path: { id } } })),
};
