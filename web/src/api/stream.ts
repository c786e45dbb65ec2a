// What changed, from the server's stream: queries of the touched nouns are asked again, changed rows are marked for a moment.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

export interface Change {
  seq: number;
  kind: string;
  subject: { kind: string; id: string };
}

/** Which query families (first part of the key) a change of this subject makes stale. */
export const TOUCHES: Record<string, readonly string[]> = {
  incident: ["incident", "desk", "clock", "fault", "home", "service"],
  page: ["incident", "home"],
  alert: ["incident", "sli", "suppression", "silence"],
  silence: ["silence"],
  probe: ["probe", "sli"],
  heartbeat: ["heartbeat"],
  service: ["service", "sli", "home"],
  report: ["report", "home"],
  definition: [
    "definition",
    "service",
    "probe",
    "heartbeat",
    "on-call",
    "party",
    "agreement",
    "dashboard",
    "catalogue",
  ],
  rota: ["on-call"],
  rota_override: ["on-call"],
  clock: ["clock", "home"],
  message: ["outbox", "health"],
  note: ["incident"],
  request: ["request", "desk", "catalogue"],
  problem: ["problem", "desk"],
  change: ["change", "desk", "release"],
  release: ["release"],
  complaint: ["complaint", "desk"],
  time_entry: ["desk"],
  article: ["knowledge"],
  review: ["review"],
  follow_up: ["follow-up", "problem", "review"],
  mail: ["mail", "incident"],
};

const MARK_MS = 2600;
const GATHER_MS = 250;

type Live = "connecting" | "live" | "lost";
const marks = new Map<string, number>();
const listeners = new Set<() => void>();
let version = 0;
let live: Live = "connecting";

function tell() {
  version += 1;
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function mark(id: string) {
  marks.set(id, Date.now());
  tell();
  setTimeout(() => {
    if (Date.now() - (marks.get(id) ?? 0) >= MARK_MS) {
      marks.delete(id);
      tell();
    }
  }, MARK_MS + 50);
}

/** Ids that changed a moment ago. */
export function useChanged(): (id: string) => boolean {
  useSyncExternalStore(subscribe, () => version);
  return (id) => marks.has(id);
}

export function useLive(): Live {
  return useSyncExternalStore(subscribe, () => live);
}

let openNow: (() => void) | null = null;
/** Tries at once instead of waiting for the next attempt. */
export const reconnect = () => openNow?.();

/** Follows the stream until the returned function is called. */
export function follow(queries: QueryClient): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let gather: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let stopped = false;
  const stale = new Set<string>();

  const flush = () => {
    gather = undefined;
    for (const family of stale) void queries.invalidateQueries({ queryKey: [family] });
    stale.clear();
  };
  const take = (change: Change) => {
    for (const family of TOUCHES[change.subject.kind] ?? []) stale.add(family);
    mark(change.subject.id);
    gather ??= setTimeout(flush, GATHER_MS);
  };
  const open = () => {
    clearTimeout(retry);
    source?.close();
    source = new EventSource("/api/v1/stream");
    source.onopen = () => {
      // After a gap anything may have changed.
      if (attempts > 0) void queries.invalidateQueries();
      attempts = 0;
      live = "live";
      tell();
    };
    source.addEventListener("change", (event) => {
      try {
        take(JSON.parse((event as MessageEvent<string>).data) as Change);
      } catch {
        // A line we cannot read is no reason to stop following.
      }
    });
    source.addEventListener("reset", () => void queries.invalidateQueries());
    source.onerror = () => {
      if (stopped) return;
      live = "lost";
      tell();
      attempts += 1;
      // The browser goes on by itself, from the last event it saw, unless the server refused it.
      if (source?.readyState !== EventSource.CLOSED) return;
      // Refused: perhaps nobody is signed in any more, which the session tells.
      void queries.invalidateQueries({ queryKey: ["session"] });
      retry = setTimeout(open, Math.min(30_000, 1000 * 2 ** Math.min(attempts, 5)));
    };
  };
  // The machine woke up or has its network again: no reason to wait for the next attempt.
  const wake = () => {
    if (live === "lost" && document.visibilityState === "visible") open();
  };
  openNow = open;
  open();
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  return () => {
    stopped = true;
    openNow = null;
    live = "connecting";
    window.removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
    source?.close();
    clearTimeout(retry);
    clearTimeout(gather);
  };
}
