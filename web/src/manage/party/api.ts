import { queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";

const most = { params: { query: { limit: 200 } } };
const FRESH = 60_000;

export const partyQueries = {
  people: () =>
    queryOptions({
      queryKey: ["party", "people"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/people", most))),
      staleTime: FRESH,
    }),
  teams: () =>
    queryOptions({
      queryKey: ["party", "teams"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/teams", most))),
      staleTime: FRESH,
    }),
  organisations: () =>
    queryOptions({
      queryKey: ["party", "organisations"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/organisations", most))),
      staleTime: FRESH,
    }),
  duties: () =>
    queryOptions({
      queryKey: ["party", "duties"],
      queryFn: async () => rowsOf(await read(client.GET("/api/v1/duties", most))),
      staleTime: FRESH,
    }),
};
