// A target of a step as one text, for lists and choices. Pure.
import type { Target, TargetDraft } from "@/api/types";

export const targetKey = (target: Target): string =>
  target.schedule
    ? `schedule:${target.schedule.id}`
    : target.team
      ? `team:${target.team.id}`
      : `person:${target.person?.id}`;
export function targetOf(key: string): TargetDraft {
  const [kind = "", id = ""] = key.split(":");
  return kind === "schedule" ? { schedule: id } : kind === "team" ? { team: id } : { person: id };
}
