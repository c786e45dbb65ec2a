// Where the moments stand on the track. Times grow from left to right, but a short part keeps a width that can be seen and
// read: each part gets a base share and the rest is dealt by its length.
import type { Fault } from "@/api/types";

export const MOMENTS = ["t0", "t1", "t2", "t3"] as const;
export const PARTS = ["detect", "locate", "restore"] as const;
export type PartName = (typeof PARTS)[number];

export interface TrackPart {
  name: PartName;
  from: number;
  to: number;
  open: boolean;
}
export interface TrackMoment {
  moment: (typeof MOMENTS)[number];
  at: string | null;
  basis: string | null;
  event_seq: number | null;
  x: number;
}
export interface Track {
  parts: TrackPart[];
  moments: TrackMoment[];
  /** Where "now" stands, while it is not restored. */
  now: number | null;
}

const BASE = 0.18;

export function layout(fault: Fault, now: number): Track {
  const known = MOMENTS.map((moment) => {
    const found = fault.moments.find((each) => each.moment === moment);
    return { moment, at: found?.at ?? null, basis: found?.basis ?? null, event_seq: found?.event_seq ?? null };
  });
  const times = known.map((each) => (each.at ? Date.parse(each.at) : null));
  const restored = times[3] ?? null;
  const end = restored ?? now;
  // A moment that is missing between two known ones takes no time of its own: the part before it stays open until the next.
  const starts: number[] = [];
  let at = times[0] ?? times.find((time) => time !== null) ?? end;
  for (let index = 0; index < 3; index += 1) {
    at = Math.max(at, times[index] ?? at);
    starts.push(at);
  }
  const stops = [times[1], times[2], times[3]].map((time, index) => {
    if (time !== null && time !== undefined) return Math.max(time, starts[index] ?? time);
    const later = times.slice(index + 2).find((each) => each !== null);
    return later ?? end;
  });
  const present = PARTS.map((name, index) => {
    const from = starts[index] ?? end;
    const to = stops[index] ?? end;
    const begun = times[index] !== null && times[index] !== undefined;
    return { name, secs: Math.max(0, to - from), begun, done: times[index + 1] !== null };
  }).filter((part) => part.begun);
  const total = present.reduce((sum, part) => sum + part.secs, 0) || 1;
  const spare = 1 - BASE * present.length;
  const parts: TrackPart[] = [];
  let x = 0;
  for (const part of present) {
    const width = BASE + spare * (part.secs / total);
    parts.push({ name: part.name, from: x * 100, to: (x + width) * 100, open: !part.done });
    x += width;
  }
  const xOf = (index: number): number => {
    if (index === 3) return 100;
    const part = parts.find((each) => each.name === PARTS[index]);
    return part ? part.from : 100;
  };
  const moments = known.map((each, index) => ({ ...each, x: xOf(index) })).filter((each) => each.at !== null);
  return { parts, moments, now: restored === null ? 100 : null };
}
