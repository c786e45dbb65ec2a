import type { ApprovalState, RequestState, TaskState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const requestNumber = (number: number) => `REQ-${number}`;

export const STATE_TONE: Record<RequestState, Tone> = {
  draft: "unknown",
  submitted: "active",
  approving: "attention",
  approved: "active",
  fulfilling: "active",
  waiting: "attention",
  fulfilled: "good",
  accepted: "good",
  rejected: "bad",
  withdrawn: "unknown",
};

export const APPROVAL_TONE: Record<ApprovalState, Tone> = {
  ahead: "unknown",
  asked: "attention",
  approved: "good",
  rejected: "bad",
  void: "unknown",
};

export const TASK_TONE: Record<TaskState, Tone> = {
  ahead: "unknown",
  open: "attention",
  in_progress: "active",
  done: "good",
  failed: "bad",
  void: "unknown",
};
