import { expect, it } from "vitest";
import type { Rule } from "./api";
import { isNever, rankOf, standingOf } from "./state";

const rule = (part: Partial<Rule>): Rule => ({
  type: "alerting",
  name: "a",
  query: "up == 0",
  health: "ok",
  evaluationTime: 0,
  lastEvaluation: "2026-11-28T00:00:00Z",
  ...part,
});

it("a rule stands as its worst: failing before firing before pending", () => {
  const all = [
    rule({ state: "inactive" }),
    rule({ state: "pending" }),
    rule({ health: "err", state: "firing" }),
    rule({ state: "firing" }),
    rule({ type: "recording" }),
    rule({ health: "unknown" }),
  ];
  expect(all.toSorted((a, b) => rankOf(a) - rankOf(b)).map(standingOf)).toEqual([
    "failing",
    "firing",
    "pending",
    "inactive",
    "ok",
    "waiting",
  ]);
});

it("a rule that was never evaluated says so", () => {
  expect(isNever("1970-01-01T00:00:00Z")).toBe(true);
  expect(isNever("2026-11-28T00:00:00Z")).toBe(false);
});
