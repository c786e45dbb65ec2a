import { expect, it } from "vitest";
import { type Stood, standingOf, worstFirst } from "./state";

const slo = (value: number, burning: string | null = null, known = true): Stood => ({
  burning,
  remaining: { value, low: value, high: value },
  sli: known ? { value: 0.99, low: 0.99, high: 0.99 } : null,
});

it("an objective is as bad as the worst of its alerts and its budget", () => {
  expect(standingOf(slo(0.4))).toBe("kept");
  expect(standingOf(slo(0.4, "warning"))).toBe("slow");
  expect(standingOf(slo(-0.1, "warning"))).toBe("spent");
  expect(standingOf(slo(-0.1, "critical"))).toBe("fast");
  expect(standingOf(slo(1, null, false)), "nothing known is not kept").toBe("dark");
});

it("the worst come first, and among equals what has least left", () => {
  const all = [slo(0.9), slo(1, null, false), slo(0.1), slo(-2), slo(0.5, "warning"), slo(0.8, "critical")];
  expect(all.toSorted(worstFirst).map((each) => each.remaining.value)).toEqual([0.8, -2, 0.5, 1, 0.1, 0.9]);
});
