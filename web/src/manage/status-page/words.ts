import type { StatusComponentState, StatusEffect, StatusPostState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const STATE_TONE: Record<StatusComponentState, Tone> = {
  nothing_reported: "unknown",
  operational: "good",
  unknown: "unknown",
  maintenance: "active",
  degraded: "attention",
  partial_outage: "attention",
  major_outage: "bad",
};
export const POST_TONE: Record<StatusPostState, Tone> = {
  investigating: "bad",
  identified: "attention",
  monitoring: "active",
  resolved: "good",
  scheduled: "unknown",
  in_progress: "active",
  completed: "good",
};
export const TROUBLE: StatusPostState[] = ["investigating", "identified", "monitoring", "resolved"];
export const WORK: StatusPostState[] = ["scheduled", "in_progress", "completed"];
export const EFFECTS: StatusEffect[] = ["degraded", "partial_outage", "major_outage"];
export const isEnd = (state: StatusPostState): boolean => state === "resolved" || state === "completed";

/** What follows this state, most likely. */
export function nextState(state: StatusPostState): StatusPostState {
  const line = WORK.includes(state) ? WORK : TROUBLE;
  return line[Math.min(line.indexOf(state) + 1, line.length - 1)] ?? state;
}

/** A component's key from its English name; the person may write another. */
export function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}
