import { expect, it } from "vitest";
import { isEnd, keyOf, nextState, TROUBLE, WORK } from "./words";

it("a key is made of what an address can hold", () => {
  expect(keyOf("Online Shop & Payments!")).toBe("online-shop-payments");
  expect(keyOf("商店")).toBe("");
  expect(keyOf("x".repeat(80))).toHaveLength(60);
});

it("a post goes on in its own line and stays at its end", () => {
  expect(nextState("investigating")).toBe("identified");
  expect(nextState("resolved")).toBe("resolved");
  expect(nextState("scheduled")).toBe("in_progress");
  expect([...TROUBLE, ...WORK].filter(isEnd)).toEqual(["resolved", "completed"]);
});
