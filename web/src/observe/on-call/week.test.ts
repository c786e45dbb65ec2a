import { describe, expect, it } from "vitest";
import { addDays, mondayOf, weeks } from "./week";

describe("four weeks", () => {
  const monday = mondayOf(new Date(2026, 10, 22, 13));
  it("begin on Monday", () => {
    expect([monday.getFullYear(), monday.getMonth(), monday.getDate(), monday.getHours()]).toEqual([2026, 10, 16, 0]);
    expect(mondayOf(new Date(2026, 10, 16, 0)).getDate()).toBe(16);
  });
  it("break a shift at the end of a week and say so", () => {
    const from = addDays(monday, 0);
    from.setHours(9);
    const shift = {
      person: null,
      from: from.toISOString(),
      to: addDays(from, 7).toISOString(),
      override_id: null,
      layer: null,
    };
    const [first, second, third] = weeks([shift], monday, 3);
    expect(first?.bars).toMatchObject([{ startsHere: true, endsHere: false }]);
    expect(second?.bars).toMatchObject([{ startsHere: false, endsHere: true, left: 0 }]);
    expect((first?.bars[0]?.left ?? 0) + (first?.bars[0]?.width ?? 0)).toBeCloseTo(100);
    expect(third?.bars).toEqual([]);
  });
});
