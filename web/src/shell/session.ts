// Who is signed in and what they may do.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, read } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Session } from "@/api/types";
import { useText } from "@/i18n";

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

/** What may be allowed: the words of the server's policy table. */
export type Permission =
  | "incident.read"
  | "incident.open"
  | "incident.write"
  | "incident.note"
  | "incident.note_internal"
  | "service.read"
  | "agreement.read"
  | "calendar.read"
  | "party.read"
  | "party.write"
  | "duty.read"
  | "probe.read"
  | "probe.write"
  | "host.read"
  | "on_call.read"
  | "on_call.write"
  | "page.read"
  | "outbox.read"
  | "outbox.write"
  | "clock.read"
  | "figure.read"
  | "report.read"
  | "report.write"
  | "report.comment"
  | "report.approve"
  | "report.publish"
  | "event.read"
  | "definition.write"
  | "token.write"
  | "import.write"
  | "health.read";

export function holds(session: Session | null, permission: Permission): boolean {
  return session?.permissions.includes(permission) ?? false;
}

/** Null when this person may; else the reason, in their language, for the disabled button. */
export function useMay(): (permission: Permission) => string | null {
  const session = useSession();
  const { t } = useText();
  return (permission) => (holds(session, permission) ? null : t("shell.mayNot"));
}
