import { describe, expect, it } from "vitest";
import { busyOf, sumOf, usedOf } from "./lines";

const line = (mode: string, ...values: (number | null)[]) => ({
  labels: { mode },
  points: values.map((value, at) => [at, value]),
});

describe("lines of this host", () => {
  it("add up, and a moment without any value stays a gap", () => {
    expect(sumOf([line("a", 1, null, null), line("b", 2, 3, null)])).toEqual([
      [0, 3],
      [1, 3],
      [2, null],
    ]);
  });
  it("are busy when neither idle nor waiting for a disk, over all processors", () => {
    const lines = [
      line("idle", 0.5, null),
      line("idle", 0.9, null),
      line("user", 0.4, null),
      line("iowait", 0.1, null),
      line("system", 0.1, null),
    ];
    expect(busyOf(lines)[0]?.[1]).toBeCloseTo(0.25);
    expect(busyOf(lines)[1]?.[1]).toBeNull();
  });
  it("tell used from available", () => {
    expect(usedOf([line("", 30)], 100)).toEqual([[0, 70]]);
  });
});
