import { describe, expect, it } from "vitest";
import type { Clock } from "@/api/types";
import { clockAt, mostPressing, wordOf } from "./tick";

const T = Date.parse("2026-11-22T04:00:00Z");
const iso = (secs: number) => new Date(T + secs * 1000).toISOString();
const clock = (over: Partial<Clock> = {}): Clock => ({
  incident_id: "i",
  goal: "restore",
  agreement: { id: "a", name: "a", display: { zh: "A", en: "A" }, layer: "sla", version: 1 },
  target_secs: 1000,
  elapsed_secs: 400,
  remaining_secs: 600,
  due_at: iso(600),
  state: "running",
  breached_at: null,
  paused_by: null,
  open_now: true,
  next_change_at: null,
  as_of: iso(0),
  stopped_at: null,
  holidays_not_yet_published: false,
  ...over,
});

describe("a running clock", () => {
  it("loses one second a second inside its hours", () => {
    expect(clockAt(clock(), T + 100_000)).toMatchObject({ remaining_secs: 500, elapsed_secs: 500, ticking: true });
  });
  it("stops at the end of its hours and not before", () => {
    const closing = clock({ next_change_at: iso(60) });
    expect(clockAt(closing, T + 59_000).remaining_secs).toBe(541);
    expect(clockAt(closing, T + 3_600_000)).toMatchObject({ remaining_secs: 540, ticking: false });
  });
  it("starts when its hours begin", () => {
    const opening = clock({ open_now: false, next_change_at: iso(60) });
    expect(clockAt(opening, T + 59_000)).toMatchObject({ remaining_secs: 600, ticking: false });
    expect(clockAt(opening, T + 70_000)).toMatchObject({ remaining_secs: 590, ticking: true });
  });
  it("wants attention late in its time and is overdue after", () => {
    const at = (secs: number) => wordOf(clock(), clockAt(clock(), T + secs * 1000));
    expect(at(0)).toBe("running");
    expect(at(360)).toBe("soon");
    expect(at(601)).toBe("late");
  });
  it("does not run backwards when this machine's clock is behind", () => {
    expect(clockAt(clock(), T - 60_000).remaining_secs).toBe(600);
  });
});

describe("other states", () => {
  it("stand still while paused", () => {
    const paused = clock({ state: "paused", paused_by: "customer", open_now: false });
    expect(clockAt(paused, T + 999_000).remaining_secs).toBe(600);
    expect(wordOf(paused, clockAt(paused, T))).toBe("paused");
  });
  it("keep counting while breached and not stopped", () => {
    const late = clock({ state: "breached", breached_at: iso(-10), elapsed_secs: 1010, remaining_secs: -10 });
    expect(clockAt(late, T + 5000).remaining_secs).toBe(-15);
    expect(wordOf(late, clockAt(late, T))).toBe("late");
  });
  it("a breach latches: stopped late is missed, never met", () => {
    const missed = clock({ state: "stopped", breached_at: iso(-10), stopped_at: iso(-5), open_now: false });
    expect(wordOf(missed, clockAt(missed, T))).toBe("missed");
  });
  it("says that it is out of hours", () => {
    const closed = clock({ open_now: false, next_change_at: iso(3600) });
    expect(wordOf(closed, clockAt(closed, T))).toBe("closed");
  });
});

describe("the clock that matters most", () => {
  it("is the overdue one, then the one due first, then what is over", () => {
    const met = clock({ goal: "response", state: "met" });
    const soon = clock({ goal: "restore", remaining_secs: 100, elapsed_secs: 900 });
    const later = clock({ goal: "restore", remaining_secs: 900, elapsed_secs: 100 });
    const late = clock({
      goal: "resolve",
      remaining_secs: -1,
      elapsed_secs: 1001,
      state: "breached",
      breached_at: iso(-1),
    });
    expect(mostPressing([met, later, soon], T)).toBe(soon);
    expect(mostPressing([met, later, soon, late], T)).toBe(late);
    expect(mostPressing([met], T)?.goal).toBe("response");
    expect(mostPressing([], T)).toBeNull();
  });
});
