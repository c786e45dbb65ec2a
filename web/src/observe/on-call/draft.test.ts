import { describe, expect, it } from "vitest";
import { newLayer, withEvery } from "./draft";

describe("a layer's turns", () => {
  it("hand over at a time alone unless they are weeks, and the time stays", () => {
    const layer = { ...newLayer(), handover: "friday 17:30" };
    const daily = withEvery(layer, "day");
    expect([daily.every, daily.handover]).toEqual(["day", "17:30"]);
    expect(withEvery(daily, "2 weeks").handover).toBe("monday 17:30");
    expect(withEvery(layer, "2 weeks").handover).toBe("friday 17:30");
  });
});
