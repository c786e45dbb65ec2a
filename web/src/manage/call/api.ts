import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import type { components } from "@/api/schema";

export type Call = components["schemas"]["CallRequest"];

export const callQueries = {
  /** Who may be calling, with what is open for them. */
  callers: (q: string) =>
    queryOptions({
      queryKey: ["call", "callers", q],
      queryFn: () => read(client.GET("/api/v1/callers", { params: { query: { q } } })),
      enabled: q !== "",
      placeholderData: keepPreviousData,
    }),
};

export const log = (call: Call) => read(client.POST("/api/v1/calls", { body: call }));

/** `1:05` of 65 seconds, `1:00:05` of an hour more. */
export function spoken(secs: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(secs / 3600), Math.floor(secs / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(secs % 60)}` : `${minutes}:${two(secs % 60)}`;
}
