import { describe, expect, it } from "vitest";
import type { ReviewFactor } from "@/api/types";
import { brief, fishbone } from "./fishbone";

const word = (name: string) => ({ name, display: { zh: name, en: name } });
const factor = (id: string, bone: string, primary = false): ReviewFactor => ({
  id,
  primary,
  bone: word(bone),
  cause: word("x"),
  evidence: { kind: "text", text: "" },
});

describe("the fishbone", () => {
  it("has every bone of the vocabulary, and one that only a factor has", () => {
    const fish = fishbone(["a", "b", "c"], [factor("1", "b"), factor("2", "gone"), factor("3", "gone")]);
    expect(fish.ribs.map((rib) => rib.name)).toEqual(["a", "b", "c", "gone"]);
    expect(fish.ribs.map((rib) => rib.bears)).toEqual([false, true, false, true]);
    expect(fish.ribs[3]?.causes.map((cause) => cause.id)).toEqual(["2", "3"]);
  });

  it("stays within its frame and lets no two causes of a bone lie on each other", () => {
    const bones = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    const many = Array.from({ length: 12 }, (_, at) => factor(String(at), at % 2 ? "a" : "i", at === 0));
    const fish = fishbone(bones, many);
    for (const rib of fish.ribs) {
      for (const point of [rib.from, rib.to, rib.label, ...rib.causes]) {
        expect(point.x).toBeGreaterThanOrEqual(0);
        expect(point.x).toBeLessThanOrEqual(fish.width);
        expect(point.y).toBeGreaterThanOrEqual(0);
        expect(point.y).toBeLessThanOrEqual(fish.height);
      }
      expect(new Set(rib.causes.map((cause) => cause.y)).size).toBe(rib.causes.length);
    }
    expect(fish.ribs.flatMap((rib) => rib.causes).filter((cause) => cause.primary)).toHaveLength(1);
  });

  it("cuts a long name where it would lie on its neighbour", () => {
    expect(brief("Detected late")).toBe("Detected late");
    expect(brief("Architecture without high availability")).toBe("Architecture without…");
    expect(brief("应急方案与技术保障方案不完善")).toBe("应急方案与技术保障方…");
  });
});
