import { describe, expect, it } from "vitest";
import type { DeskExport } from "@/api/types";
import { cell, sheet } from "./sheet";

describe("a cell", () => {
  it.each(["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "  =1", "＝1", "＋1", "－1", "＠x", "\r=1"])(
    "that a spreadsheet would calculate is a text: %j",
    (text) => {
      expect(cell(text)).toBe(`"'${text}"`);
    },
  );
  it("keeps what is no formula, and its quotes", () => {
    expect(cell('INC-7 says "no"')).toBe('"INC-7 says ""no"""');
    expect(cell("a,b\nc")).toBe('"a,b\nc"');
    expect(cell(null)).toBe('""');
    expect(cell(42)).toBe('"42"');
    expect(cell(-1.5)).toBe('"-1.5"');
  });
});

describe("a sheet", () => {
  const row = {
    kind: "incident",
    id: "1",
    number: 7,
    version: 1,
    title: "=HYPERLINK(1)",
    state: "on_hold",
    status: { name: "parts", title: { zh: "等待备件", en: "Waiting for parts" }, tone: "attention" },
    priority: 2,
    service: { id: "s", display: { zh: "商店", en: "Shop" } },
    team: null,
    person: null,
    due_at: null,
    opened_at: "2026-05-01T00:00:00Z",
    fields: { branch: ["north"], vip: true },
  };
  const list = {
    columns: [
      {
        name: "branch",
        title: { zh: "门店", en: "Branch" },
        answer: { type: "choice", several: true, options: [{ key: "north", label: { zh: "北区", en: "North" } }] },
      },
      { name: "vip", title: { zh: "贵宾", en: "VIP" }, answer: { type: "yes_no" } },
    ],
    rows: [row],
    complete: true,
  } as unknown as DeskExport;
  const t = (key: string) => key;
  it("has a head, own statuses and own fields in the reader's language", () => {
    const [head, line, end] = sheet(list, t, "zh").split("\r\n");
    expect(head?.endsWith('"门店","贵宾"')).toBe(true);
    expect(line).toContain('"INC-7"');
    expect(line).toContain(`"'=HYPERLINK(1)"`);
    expect(line).toContain('"等待备件","P2","商店"');
    expect(line?.endsWith('"北区","automation.yes"')).toBe(true);
    expect(end).toBe("");
    expect(sheet(list, t, "en")).toContain('"Waiting for parts","P2","Shop"');
  });
});
