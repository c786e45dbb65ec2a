import { describe, expect, it } from "vitest";
import { linePath, scale } from "./chart";
import { nextDay, startOfDay } from "./period";

describe("a period's days", () => {
  it("begin at midnight of their zone", () => {
    expect(startOfDay("2026-11-01", "Asia/Shanghai").toISOString()).toBe("2026-10-31T16:00:00.000Z");
    expect(startOfDay("2026-11-01", "UTC").toISOString()).toBe("2026-11-01T00:00:00.000Z");
    expect(startOfDay("2026-07-01", "Europe/Berlin").toISOString()).toBe("2026-06-30T22:00:00.000Z");
  });
  it("also on the days when clocks change", () => {
    expect(startOfDay("2026-03-29", "Europe/Berlin").toISOString()).toBe("2026-03-28T23:00:00.000Z");
    expect(startOfDay("2026-10-25", "Europe/Berlin").toISOString()).toBe("2026-10-24T22:00:00.000Z");
    expect(startOfDay("2026-10-26", "Europe/Berlin").toISOString()).toBe("2026-10-25T23:00:00.000Z");
  });
  it("follow each other over the end of a month", () => {
    expect(nextDay("2026-02-28")).toBe("2026-03-01");
    expect(nextDay("2026-12-31")).toBe("2027-01-01");
  });
});

describe("charts", () => {
  it("have a round top", () => {
    expect(scale(13)).toEqual({ top: 15, step: 5 });
    expect(scale(0)).toEqual({ top: 1, step: 1 });
    expect(scale(100).top).toBe(100);
  });
  it("leave gaps where nothing is known", () => {
    expect(
      linePath(
        [1, null, 2, 3],
        (x) => x,
        (y) => y,
      ),
    ).toBe("M0.0 1.0M2.0 2.0L3.0 3.0");
  });
});
