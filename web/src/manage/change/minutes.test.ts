import { describe, expect, it } from "vitest";
import type { Agenda, AgendaItem } from "@/api/types";
import { minutes } from "./minutes";

const t = (key: string, values?: Record<string, unknown>) =>
  values ? `${key}(${Object.values(values).join(", ")})` : key;

const item = (authorised: boolean | null, reason: string | null) =>
  ({
    change: {
      number: 1001,
      title: "The shop goes to 4.2",
      services: [{ id: "s", display: { zh: "商店", en: "Shop" } }],
      risk: { level: "medium", points: 6, reasons: [] },
      conflicts: [{ taken: { by: { id: "m", display: "Mia" }, at: "", text: "no table in common" } }, { taken: null }],
      authorised,
    },
    votes: [{ by: { id: "e", display: "Eli" }, yes: authorised === true, text: reason, at: "" }],
  }) as unknown as AgendaItem;

const agenda = (open: AgendaItem[], decided: AgendaItem[]): Agenda => ({
  board: { id: "b", display: { zh: "委员会", en: "Board" } },
  members: [],
  open,
  decided,
});

describe("minutes", () => {
  it("say what was decided, by whom, with which reason, and who took which conflict on", () => {
    expect(minutes(agenda([], [item(true, "well prepared")]), "today", t, "en").split("\n")).toEqual([
      "change.minutes.head(Board, today)",
      "",
      "change.minutes.decided",
      "CHG-1001 The shop goes to 4.2 (Shop; change.riskHead: change.risk.medium) — change.minutes.authorised",
      "  - change.minutes.taken(Mia): no table in common",
      "  - Eli: change.yes. well prepared",
    ]);
  });

  it("name what is still open, and say where words were erased", () => {
    const text = minutes(agenda([item(null, null)], []), "today", t, "zh");
    expect(text).toContain("change.minutes.stillOpen");
    expect(text).not.toContain("change.minutes.decided");
    expect(text).toContain("Eli: change.no. change.erased");
  });
});
