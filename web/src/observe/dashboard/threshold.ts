import type { Threshold, Tone } from "./model";

/** The tone of a value: that of the highest threshold it has reached; none below the first. Pure. */
export function toneOf(value: number, thresholds: Threshold[] | undefined): Tone | null {
  let tone: Tone | null = null;
  for (const threshold of thresholds ?? []) if (value >= threshold.value) tone = threshold.tone;
  return tone;
}
