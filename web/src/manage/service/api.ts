import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";

const DAY = 86_400_000;

export const serviceQueries = {
  all: () =>
    queryOptions({
      queryKey: ["service", "all"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/services", { params: { query: { limit: 200 } } }))),
      staleTime: 30_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ["service", "one", id],
      queryFn: () => read(client.GET("/api/v1/services/{id}", { params: { path: { id } } })),
    }),
  /** States now, by service id. */
  states: () =>
    queryOptions({
      queryKey: ["sli", "now"],
      queryFn: async () => {
        const states = rowsOf(await read(client.GET("/api/v1/sli", { params: { query: {} } })));
        return new Map(states.map((state) => [state.service_id, state]));
      },
      refetchInterval: 30_000,
    }),
  /** The last so many days, rounded to the minute so that the question stays the same for a while. */
  history: (id: string, days: number) =>
    queryOptions({
      queryKey: ["sli", "history", id, days],
      queryFn: () => {
        const to = new Date(Math.ceil(Date.now() / 60_000) * 60_000);
        const from = new Date(to.getTime() - days * DAY);
        return read(
          client.GET("/api/v1/services/{id}/sli", {
            params: { path: { id }, query: { from: from.toISOString(), to: to.toISOString() } },
          }),
        );
      },
      staleTime: 30_000,
    }),
};
