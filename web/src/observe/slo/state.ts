// What an objective is to whoever looks: the worst of its alerts, its budget and what is known. Pure.
import type { Slo } from "@/api/types";
import type { Tone } from "@/kit/status";

export const STANDINGS = ["fast", "spent", "slow", "dark", "kept"] as const;
/** Burns fast; overspent; burns slowly; nothing is known; kept. The worst first. */
export type Standing = (typeof STANDINGS)[number];
export type Stood = Pick<Slo, "burning" | "remaining" | "sli">;

export const TONES: Record<Standing, Tone> = {
  fast: "bad",
  spent: "bad",
  slow: "attention",
  dark: "unknown",
  kept: "good",
};

export function standingOf({ burning, remaining, sli }: Stood): Standing {
  if (burning === "critical") return "fast";
  if (sli === null) return "dark";
  if (remaining.value < 0) return "spent";
  return burning === null ? "kept" : "slow";
}

/** The worst first, and among equals what has least left. */
export function worstFirst(a: Stood, b: Stood): number {
  return STANDINGS.indexOf(standingOf(a)) - STANDINGS.indexOf(standingOf(b)) || a.remaining.value - b.remaining.value;
}
