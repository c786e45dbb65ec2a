import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import type { CalendarDefinition } from "@/api/types";

const most = { params: { query: { limit: 200 } } };

export const agreementQueries = {
  all: () =>
    queryOptions({
      queryKey: ["agreement", "all"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/agreements", most))),
      staleTime: 60_000,
    }),
  calendars: () =>
    queryOptions({
      queryKey: ["agreement", "calendars"],
      queryFn: async () => (await read(client.GET("/api/v1/calendars", most))).items as CalendarDefinition[],
      staleTime: 60_000,
    }),
};
