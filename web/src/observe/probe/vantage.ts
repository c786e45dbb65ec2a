// How a vantage point does. Pure.
import type { Tone } from "@/kit/status";

/** Without a word for so long a place is silent: three signs of life. */
const SILENT_MS = 15_000;
/** A clock that is off by so much is worth a word: looks are ordered by it. */
const CLOCK_MS = 2_000;
export const HERE = "here";

interface Place {
  name: string;
  heard_at?: string | null;
  uplink_lost: boolean;
  dropped: number;
  clock_ahead_ms?: number | null;
}

export function stateOf(
  place: Place,
  now: number,
): { tone: Tone; word: "here" | "never" | "silent" | "cut" | "clock" | "dropped" | "well" } {
  if (place.name === HERE) return { tone: "good", word: "here" };
  if (!place.heard_at) return { tone: "unknown", word: "never" };
  if (now - Date.parse(place.heard_at) > SILENT_MS) return { tone: "unknown", word: "silent" };
  if (place.uplink_lost) return { tone: "attention", word: "cut" };
  if (Math.abs(place.clock_ahead_ms ?? 0) > CLOCK_MS) return { tone: "attention", word: "clock" };
  if (place.dropped > 0) return { tone: "attention", word: "dropped" };
  return { tone: "good", word: "well" };
}
