import { expect, it } from "vitest";
import type { RuleHistory } from "@/api/types";
import type { Group, Rule } from "./api";
import { historyOf, isNoisy } from "./noise";

const tally = (fired: number, healed: number) => ({ fired, healed, firing_secs: 60 });
const history = (id: string, alert: string, labels: Record<string, string>): RuleHistory => ({
  id,
  file: "a.yml",
  group: "g",
  alert,
  labels,
  week: tally(0, 0),
  month: tally(0, 0),
  last_at: null,
});
const rule = (name: string, labels: Record<string, string>, type: Rule["type"] = "alerting"): Rule => ({
  type,
  name,
  query: "up",
  labels,
  health: "ok",
  evaluationTime: 0,
  lastEvaluation: "",
});

it("noise is what heals by itself at least half of the time, when it fired often enough to say so", () => {
  expect(isNoisy({ week: tally(4, 2) })).toBe(true);
  expect(isNoisy({ week: tally(4, 1) })).toBe(false);
  expect(isNoisy({ week: tally(2, 2) }), "too few to say").toBe(false);
});

it("a rule finds its own history, also among rules that look the same", () => {
  const rules = [
    rule("Down", { a: "1" }),
    rule("Down", { a: "2" }),
    rule("Down", { a: "1" }),
    rule("up2", {}, "recording"),
  ];
  const group: Group = { name: "g", file: "a.yml", rules, interval: 1, evaluationTime: 0, lastEvaluation: "" };
  const all = [history("x", "Down", { a: "1" }), history("y", "Down", { a: "2" }), history("z", "Down", { a: "1" })];
  expect(rules.map((each) => historyOf(all, group, each)?.id)).toEqual(["x", "y", "z", undefined]);
  expect(historyOf(all, { ...group, file: "b.yml" }, rules[0] as Rule)).toBeUndefined();
});
