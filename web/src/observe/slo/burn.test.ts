import { expect, it } from "vitest";
import { burn, pointAt } from "./burn";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString();
const drawn = (remaining: number[]) => ({
  from: at(0),
  to: at(100),
  until: at(50),
  points: remaining.map((share, index) => ({ at: at(index * 10), remaining: share })),
  incidents: [
    { id: "a", number: 1001, priority: 1, from: at(-20), to: at(10) },
    { id: "b", number: 1002, priority: 2, from: at(40), to: null },
  ],
});

it("the curve lies in the window, and zero is the bottom while something is left", () => {
  const shape = burn(drawn([1, 0.8, 0.5]));
  expect(shape.floor).toBe(0);
  expect(shape.zero).toBe(1);
  expect(shape.curve[2]).toEqual([0.2, 0.5]);
  expect(shape.grid).toEqual([1, 0.5, 0]);
});

it("an overspent budget goes below zero, and is cut where it would flatten everything else", () => {
  expect(burn(drawn([1, -0.5])).floor).toBeCloseTo(-0.55);
  const deep = burn(drawn([1, -40]));
  expect([deep.floor, deep.zero, deep.curve[1]?.[1]]).toEqual([-1, 0.5, 1]);
});

it("an incident that began before the window is cut at its edge; an open one lasts until now", () => {
  const [before, open] = burn(drawn([1])).bands;
  expect([before?.left, before?.width, before?.open]).toEqual([0, 0.1, false]);
  expect([open?.left, open?.open]).toEqual([0.4, true]);
  expect(open?.width).toBeCloseTo(0.1);
});

it("under the pointer stands what was left before it, and nothing of the future", () => {
  const window = drawn([1, 0.8, 0.5]);
  expect(pointAt(window, 0.15)?.remaining).toBe(0.8);
  expect(pointAt(window, 0.8)).toBeNull();
});
