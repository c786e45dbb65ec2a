// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { draftKey, readDraft, writeDraft } from "./drafts";
import { doesOf, KEYS } from "./keys";
import { beside, done, keepLine, lineNow, type Stop, without } from "./line";
import { mentioned, typedName } from "./mentions";
import { minutesOf, start, startedAt, stop } from "./timer";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

describe("keys", () => {
  it("mean one thing on one page", () => {
    for (const where of ["list", "ticket"] as const) {
      const keys = KEYS.filter((each) => (each.in as readonly string[]).includes(where)).flatMap((each) => each.keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(doesOf("list", "c")).toBe("declare");
    expect(doesOf("ticket", "c")).toBe("checklist");
    expect(doesOf("ticket", "j")).toBeUndefined();
  });
  it.each(["zh", "en"])("stand in the %s manual, every one and no other", (language) => {
    const manual = readFileSync(path.resolve(import.meta.dirname, `../../../../docs/${language}/desk.md`), "utf8");
    const rows = [...manual.matchAll(/^\| `([^|]+)` \|/gm)].map((row) => row[1]?.trim());
    const shown = [...new Set(KEYS.map((each) => each.shown)), "Ctrl ↵", "Ctrl K"];
    expect([...new Set(rows)].sort()).toEqual([...shown].sort());
  });
});

describe("the line of tickets", () => {
  const stops: Stop[] = [
    { kind: "incident", id: "a" },
    { kind: "request", id: "b" },
    { kind: "incident", id: "c" },
  ];
  it("knows what lies beside a ticket", () => {
    const line = { back: "/desk", stops };
    expect(beside(line, "b")).toEqual({ before: stops[0], after: stops[2] });
    expect(beside(line, "c").after).toBeNull();
    expect(beside(line, "x")).toEqual({ before: null, after: null });
    expect(without(line, "b").stops).toHaveLength(2);
  });
  it("goes on to the next when one is done, then back", () => {
    keepLine({ back: "/desk", stops });
    expect(done("a")).toBe("/requests/b");
    expect(done("c")).toBe("/requests/b");
    expect(done("b")).toBe("/desk");
    expect(done("b")).toBeNull();
    expect(lineNow()?.stops).toEqual([]);
  });
});

describe("drafts", () => {
  it("are kept by person and ticket until they are sent, for a month", () => {
    const key = draftKey("eve", "INC", "note");
    writeDraft(localStorage, key, "we are on", 1_000);
    expect(readDraft(localStorage, key, 2_000)).toBe("we are on");
    expect(readDraft(localStorage, draftKey("eli", "INC", "note"), 2_000)).toBe("");
    expect(readDraft(localStorage, key, 1_000 + 31 * 86_400_000)).toBe("");
    writeDraft(localStorage, key, "  ", 3_000);
    expect(localStorage.length).toBe(0);
  });
  it("are bounded: the oldest go", () => {
    for (let n = 0; n < 120; n += 1) writeDraft(localStorage, draftKey("eve", String(n), "note"), "x", n + 1);
    expect(localStorage.length).toBe(100);
    expect(readDraft(localStorage, draftKey("eve", "0", "note"), 200)).toBe("");
    expect(readDraft(localStorage, draftKey("eve", "119", "note"), 200)).toBe("x");
  });
});

describe("mentions", () => {
  const people = [
    { id: "1", display: "林舟" },
    { id: "2", display: "Ann" },
    { id: "3", display: "Ann Lee" },
  ];
  it("are names after an @, the longest that fits, each once", () => {
    expect(mentioned("@林舟 看一下 @Ann Lee，@林舟", people)).toEqual(["1", "3"]);
    expect(mentioned("@Ann: please", people)).toEqual(["2"]);
    expect(mentioned("mail me at x@example.org, 林舟", people)).toEqual([]);
  });
});

describe("a name that is being typed", () => {
  it("begins with an @ that is no part of an address", () => {
    expect(typedName("hi @mo", 6)).toBe("mo");
    expect(typedName("@", 1)).toBe("");
    expect(typedName("看@林", 3)).toBe("林");
    expect(typedName("看 @林", 4)).toBe("林");
    expect(typedName("me@example", 10)).toBeNull();
    expect(typedName("@Morgan done", 12)).toBeNull();
  });
});

describe("the timer", () => {
  it("outlives a reload and counts begun minutes", () => {
    start(localStorage, "eve", "t", 60_000);
    expect(startedAt(localStorage, "eve", "t")).toBe(60_000);
    expect(startedAt(localStorage, "eli", "t")).toBeNull();
    expect(minutesOf(60_000, 60_001)).toBe(1);
    expect(minutesOf(60_000, 60_000 + 61_000)).toBe(2);
    expect(minutesOf(0, 9e12)).toBe(1_440);
    stop(localStorage, "eve", "t");
    expect(startedAt(localStorage, "eve", "t")).toBeNull();
  });
});
