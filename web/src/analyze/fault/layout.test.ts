import { describe, expect, it } from "vitest";
import type { Fault } from "@/api/types";
import { layout } from "./layout";

const T = Date.parse("2026-11-22T04:00:00Z");
const fault = (...secs: (number | null)[]): Fault => ({
  moments: secs.map((at, index) => ({
    moment: `t${index}`,
    at: at === null ? null : new Date(T + at * 1000).toISOString(),
    basis: at === null ? null : "telemetry",
    event_seq: index,
  })),
  durations: [],
  total_secs: null,
  others: [],
  actions: [],
});

describe("the track", () => {
  it("fills its width with the three parts in order, none too thin to see", () => {
    const track = layout(fault(0, 1, 100, 10_000), T + 20_000_000);
    expect(track.parts.map((part) => part.name)).toEqual(["detect", "locate", "restore"]);
    expect(track.parts[0]?.from).toBe(0);
    expect(track.parts[2]?.to).toBeCloseTo(100);
    for (const part of track.parts) expect(part.to - part.from).toBeGreaterThan(15);
    expect(track.now).toBeNull();
    expect(track.moments.map((moment) => Math.round(moment.x))).toEqual([
      0,
      expect.any(Number),
      expect.any(Number),
      100,
    ]);
  });
  it("leaves the running part open up to now", () => {
    const track = layout(fault(0, 10, null, null), T + 600_000);
    expect(track.parts.map((part) => [part.name, part.open])).toEqual([
      ["detect", false],
      ["locate", true],
    ]);
    expect(track.now).toBe(100);
  });
  it("does not draw a part whose beginning is not known", () => {
    const track = layout(fault(null, 10, 20, 30), T + 600_000);
    expect(track.parts.map((part) => part.name)).toEqual(["locate", "restore"]);
  });
  it("bears moments in the wrong order", () => {
    const track = layout(fault(50, 10, 60, 55), T + 600_000);
    for (const part of track.parts) expect(part.to).toBeGreaterThan(part.from);
  });
});
