import type { ReleaseState, StageState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const STATE_TONE: Record<ReleaseState, Tone> = {
  planned: "unknown",
  built: "attention",
  approved: "good",
  rolling_out: "active",
  verified: "good",
  rolled_back: "bad",
  closed: "unknown",
  cancelled: "unknown",
};

export const STAGE_TONE: Record<StageState, Tone> = {
  waiting: "unknown",
  running: "active",
  halted: "bad",
  done: "good",
};

/** REL-1001. */
export const releaseNumber = (number: number) => `REL-${number}`;
