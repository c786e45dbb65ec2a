import { describe, expect, it } from "vitest";
import type { CatalogueField } from "@/api/types";
import { answersOf, missing, money, shownFields, totalMinor } from "./shown";

const both = (text: string) => ({ zh: text, en: text });
const field = (key: string, rest: Record<string, unknown>) =>
  ({ key, label: both(key), required: true, hint: null, shown_when: null, ...rest }) as unknown as CatalogueField;
const FORM = [
  field("kind", { type: "choice", options: [{ key: "laptop", label: both("l") }], several: false }),
  field("memory", { type: "number", shown_when: { field: "kind", is: ["laptop"] } }),
  field("why", { type: "long_text", shown_when: { field: "memory", is: [64] } }),
  field("days", { type: "choice", several: true, required: false }),
  field("note", { type: "text", required: false, shown_when: { field: "days", is: ["mon"] } }),
];
const keys = (answers: Record<string, unknown>) => shownFields(FORM, answers).map((each) => each.key);

describe("a form", () => {
  it("shows what its answers call for, and what depends on something hidden is hidden", () => {
    expect(keys({})).toEqual(["kind", "days"]);
    expect(keys({ kind: "laptop", memory: 64 })).toEqual(["kind", "memory", "why", "days"]);
    expect(keys({ kind: "phone", memory: 64 })).toEqual(["kind", "days"]);
    expect(keys({ days: ["sun", "mon"] })).toEqual(["kind", "days", "note"]);
  });

  it("sends what is shown and answered, and knows what is missing", () => {
    expect(answersOf(FORM, { kind: "phone", memory: 64, days: [] })).toEqual({ kind: "phone" });
    expect(missing(FORM, { kind: "laptop", memory: 64, why: " " })).toEqual(["why"]);
  });

  it("knows what it costs", () => {
    expect(totalMinor({ amount_minor: 500, currency: "CNY", per: null }, {})).toBe(500);
    expect(totalMinor({ amount_minor: 500, currency: "CNY", per: "n" }, { n: 3 })).toBe(1500);
    expect(totalMinor({ amount_minor: 500, currency: "CNY", per: "n" }, {})).toBeNull();
    expect(money(599_900, "CNY", "zh")).toBe("¥5,999.00");
    expect(money(500, "JPY", "en")).toContain("500");
  });
});
