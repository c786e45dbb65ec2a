import type { Tone } from "@/kit/status";

/** A state that is not known to this console is unknown, not good. */
export function sliTone(state: string): Tone {
  return state === "good" || state === "bad" ? state : "unknown";
}
export const CRITICALITY_RANK: Record<string, number> = { critical: 0, high: 1, medium: 2, low: 3 };
