// What a rule is to whoever looks: the worst of its health and its alerts. Pure.
import type { Tone } from "@/kit/status";
import type { Group, Rule } from "./api";

export type Standing = "failing" | "firing" | "pending" | "inactive" | "ok" | "waiting";
export const STANDINGS: Standing[] = ["failing", "firing", "pending", "inactive", "ok", "waiting"];

export const TONES: Record<Standing, Tone> = {
  failing: "bad",
  firing: "bad",
  pending: "attention",
  inactive: "good",
  ok: "good",
  waiting: "unknown",
};

export function standingOf(rule: Rule): Standing {
  if (rule.health === "err") return "failing";
  if (rule.health === "unknown") return "waiting";
  return rule.type === "recording" ? "ok" : (rule.state ?? "inactive");
}

/** The worst first. */
export const rankOf = (rule: Rule): number => STANDINGS.indexOf(standingOf(rule));
export const worstOf = (group: Group): number => Math.min(STANDINGS.length, ...group.rules.map(rankOf));

/** Written for what never happened. */
export const isNever = (instant: string): boolean =>
  instant.startsWith("1970-01-01T00:00:00") || instant.startsWith("0001-");
