import type { OwnCheck } from "@/api/types";

/** What stands together. */
export const GROUPS: Record<"workers" | "queues" | "disk" | "clock", OwnCheck["subject"][]> = {
  workers: ["database", "probe_lateness", "probe_engine", "rules", "timers", "readers", "metrics"],
  queues: ["outbox", "outbox_age", "outbox_depth", "pages"],
  disk: ["disk_free", "disk_full"],
  clock: ["clock_skew", "clock_jump", "clock_error"],
};
