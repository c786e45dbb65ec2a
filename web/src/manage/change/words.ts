import type { ChangeOutcome, ChangeState, RiskLevel } from "@/api/types";
import type { Tone } from "@/kit/status";

export const STATE_TONE: Record<ChangeState, Tone> = {
  draft: "unknown",
  assess: "attention",
  authorise: "attention",
  scheduled: "good",
  implementing: "active",
  verifying: "active",
  review: "active",
  closed: "unknown",
  cancelled: "unknown",
};

export const RISK_TONE: Record<RiskLevel, Tone> = { low: "good", medium: "attention", high: "bad" };

export const OUTCOME_TONE: Record<ChangeOutcome, Tone> = {
  successful: "good",
  with_issues: "attention",
  failed: "bad",
  rolled_back: "bad",
};

/** CHG-1001. */
export const changeNumber = (number: number) => `CHG-${number}`;
