import type { SliState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const SLI_TONE: Record<SliState, Tone> = { good: "good", bad: "bad", unknown: "unknown" };
export const CRITICALITY_RANK: Record<string, number> = { critical: 0, high: 1, medium: 2, low: 3 };
