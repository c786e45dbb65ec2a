import type { ReviewState } from "@/api/types";
import type { Tone } from "@/kit/status";

export const STATE_TONE: Record<ReviewState, Tone> = { drafted: "attention", in_review: "active", published: "good" };

/** REV-1001. */
export const reviewNumber = (number: number) => `REV-${number}`;
