import type { IncidentState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const incidentNumber = (number: number) => `INC-${number}`;

export const STATE_TONE: Record<IncidentState, Tone> = {
  new: "bad",
  assigned: "attention",
  in_progress: "active",
  on_hold: "unknown",
  reopened: "bad",
  resolved: "good",
  closed: "good",
  cancelled: "unknown",
  merged: "unknown",
};
const OPEN: readonly IncidentState[] = ["new", "assigned", "in_progress", "on_hold", "reopened"];
export const isOpen = (state: IncidentState) => OPEN.includes(state);

export const HOLD_REASONS = ["customer", "third_party", "vendor", "change", "internal"] as const;
export const RESOLVE_REASONS = ["fixed", "workaround", "recovered", "no_fault_found", "customer_confirmed"] as const;
export const CANCEL_REASONS = ["duplicate", "not_an_incident"] as const;
export const LEVELS = [1, 2, 3] as const;
export const PRIORITIES = [1, 2, 3, 4, 5] as const;
