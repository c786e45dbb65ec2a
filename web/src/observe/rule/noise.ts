// How often rules fired and how much of that was noise. Pure.
import type { RuleHistory } from "@/api/types";
import type { Group, Rule } from "./api";

/** So often at least in 7 days: fewer say nothing. */
const FIRED_MIN = 3;

/** Half of what it told in 7 days was over before anybody could do anything. */
export const isNoisy = ({ week }: Pick<RuleHistory, "week">): boolean =>
  week.fired >= FIRED_MIN && week.healed * 2 >= week.fired;

const labelsOf = (labels: Record<string, string> = {}) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => a.localeCompare(b)));

/** Finds the history of a rule of a group; of several that look the same the one in the same place. */
export function historyOf(histories: RuleHistory[], group: Group, rule: Rule): RuleHistory | undefined {
  const same = (name: string, labels?: Record<string, string>) =>
    name === rule.name && labelsOf(labels) === labelsOf(rule.labels);
  const place = group.rules.filter((each) => each.type === "alerting" && same(each.name, each.labels)).indexOf(rule);
  if (place < 0) return undefined;
  return histories.filter(
    (each) => each.file === group.file && each.group === group.name && same(each.alert, each.labels),
  )[place];
}
