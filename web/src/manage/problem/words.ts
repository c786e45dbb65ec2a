import type { ProblemState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const STATE_TONE: Record<ProblemState, Tone> = {
  opened: "attention",
  assessed: "attention",
  analysing: "active",
  known_error: "attention",
  fix_pending: "active",
  fixed: "good",
  verified: "good",
  closed: "unknown",
};

/** PRB-1001. */
export const problemNumber = (number: number) => `PRB-${number}`;
