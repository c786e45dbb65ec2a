import { describe, expect, it } from "vitest";
import { bars, overall } from "./days";

const day = (good_secs: number, bad_secs: number, unknown_secs: number) => ({
  date: "2026-11-22",
  good_secs,
  partial_secs: 0,
  bad_secs,
  unknown_secs,
});

describe("a day's bar", () => {
  it("shows a little bad, however little", () => {
    const [bar] = bars([day(86_390, 10, 0)]);
    expect(bar?.bad).toBeGreaterThan(0.1);
    expect((bar?.bad ?? 0) + (bar?.good ?? 0) + (bar?.unknown ?? 0)).toBeCloseTo(1);
  });
  it("is unknown, not good, when nothing was observed", () => {
    const [bar] = bars([day(0, 0, 86_400)]);
    expect(bar).toMatchObject({ empty: true, availability: null, good: 0 });
  });
});

describe("the whole strip", () => {
  it("leaves the unknown out of the value and gives both bounds", () => {
    const all = overall([day(90, 10, 100)]);
    expect(all).toEqual({ value: 90, low: 45, high: 95 });
  });
  it("says nothing when nothing is known", () => {
    expect(overall([day(0, 0, 100)])).toBeNull();
    expect(overall([])).toBeNull();
  });
});
