// Who is signed in and what they may do.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Permission, Session } from "@/api/types";
import { useText } from "@/i18n";

const AWAY_MS = 3_000;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await read(client.GET("/api/v1/session"));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
  // A server that is away is asked until it is back; then the console goes on by itself.
  refetchInterval: (query) => (query.state.status === "error" ? AWAY_MS : false),
});

export function useSession(): Session | null {
  return useQuery(sessionQuery).data ?? null;
}

export function useSignOut() {
  const queries = useQueryClient();
  return async () => {
    await read(client.DELETE("/api/v1/session"));
    forget(queries);
  };
}

/** Nobody is signed in any more: nothing of theirs stays in memory. */
export function forget(queries: QueryClient) {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
  queries.setQueryData(sessionQuery.queryKey, null);
}

export type { Permission };

export function holds(session: Session | null, permission: Permission): boolean {
  return session?.permissions.includes(permission) ?? false;
}

/** Null when this person may; else the reason, in their language, for the disabled button. */
export function useMay(): (permission: Permission) => string | null {
  const session = useSession();
  const { t } = useText();
  return (permission) => (holds(session, permission) ? null : t("shell.mayNot"));
}
