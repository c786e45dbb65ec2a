// What a clock shows between two answers of the server. Pure. The server computes; between its answers a running clock
// inside its hours loses one second a second, up to the next change of hours that the server named, and not beyond.
import type { Clock } from "@/api/types";
import type { Tone } from "@/kit/status";

export interface Shown {
  remaining_secs: number;
  elapsed_secs: number;
  /** 0 at the start, 1 when due; more when over. */
  share: number;
  ticking: boolean;
  late: boolean;
}

export function clockAt(clock: Clock, now: number): Shown {
  const asOf = Date.parse(clock.as_of);
  const change = clock.next_change_at ? Date.parse(clock.next_change_at) : null;
  let counted = 0;
  let ticking = false;
  const moving = (clock.state === "running" || clock.state === "breached") && !isStopped(clock);
  if (moving && now > asOf) {
    if (clock.open_now) {
      const until = change === null ? now : Math.min(now, change);
      counted = Math.max(0, until - asOf) / 1000;
      ticking = change === null || now < change;
    } else if (change !== null && now >= change) {
      counted = (now - change) / 1000;
      ticking = true;
    }
  }
  const remaining = clock.remaining_secs - counted;
  const elapsed = clock.elapsed_secs + counted;
  return {
    remaining_secs: remaining,
    elapsed_secs: elapsed,
    share: clock.target_secs > 0 ? elapsed / clock.target_secs : 1,
    ticking,
    late: remaining < 0 || clock.state === "breached",
  };
}

/** A breached clock that also ended: nothing runs any more. */
function isStopped(clock: Clock): boolean {
  return clock.stopped_at !== null;
}

export type Word = "met" | "missed" | "late" | "paused" | "closed" | "soon" | "running" | "over";
/** From this share of the target on, a clock wants attention. */
export const SOON = 0.75;

/** The word for its state: never the colour alone. */
export function wordOf(clock: Clock, shown: Shown): Word {
  switch (clock.state) {
    case "met":
      return "met";
    case "breached":
      return isStopped(clock) ? "missed" : "late";
    case "stopped":
    case "merged":
    case "cancelled":
      return clock.breached_at ? "missed" : "over";
    case "paused":
      return clock.breached_at ? "late" : "paused";
    case "running":
      if (shown.late || clock.breached_at) return "late";
      if (shown.share >= SOON) return "soon";
      return shown.ticking || clock.open_now ? "running" : "closed";
    default:
      return "over";
  }
}

export const TONE: Record<Word, Tone> = {
  met: "good",
  missed: "bad",
  late: "bad",
  paused: "unknown",
  closed: "unknown",
  soon: "attention",
  running: "active",
  over: "unknown",
};

const ORDER: Record<Word, number> = { late: 0, soon: 1, running: 2, closed: 3, paused: 4, missed: 5, met: 6, over: 7 };

/** The clock that matters most now: what is late or due first among those that still run. */
export function mostPressing(clocks: Clock[], now: number): Clock | null {
  const ranked = clocks
    .map((clock) => {
      const shown = clockAt(clock, now);
      return { clock, rank: ORDER[wordOf(clock, shown)], remaining: shown.remaining_secs };
    })
    .sort((a, b) => a.rank - b.rank || a.remaining - b.remaining);
  return ranked[0]?.clock ?? null;
}

const LAYERS = ["sla", "ola", "uc"];
const GOALS = ["response", "restore", "resolve"];

/** The customer's promise first, then ours to each other; in each, what comes first in time. */
export function inReadingOrder(clocks: Clock[]): Clock[] {
  const place = (clock: Clock) => LAYERS.indexOf(clock.agreement.layer) * 10 + GOALS.indexOf(clock.goal);
  return [...clocks].sort((a, b) => place(a) - place(b) || a.agreement.name.localeCompare(b.agreement.name));
}
