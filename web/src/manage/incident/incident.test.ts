import { describe, expect, it } from "vitest";
import type { Incident, TimelineEntry } from "@/api/types";
import { type Act, refusal } from "./actions";
import { hold } from "./order";
import { settle } from "./settle";
import { filterOf, queryOf } from "./views";

const incident = (over: Partial<Incident> = {}): Incident => ({
  id: "1",
  number: 1042,
  title: "t",
  state: "new",
  priority: 1,
  impact: 1,
  urgency: 1,
  hold: null,
  status: null,
  channel: null,
  service: { id: "s", display: { zh: "S", en: "S" } },
  customer: null,
  started_at: null,
  responded_at: null,
  located_at: null,
  closed_at: null,
  due_at: null,
  major: null,
  merged_into: null,
  allowed: [],
  team: null,
  assignee: null,
  owner: null,
  opened_at: "2026-11-22T04:00:00Z",
  restored_at: null,
  resolved_at: null,
  origin: "alert",
  firing: 0,
  acknowledged_at: null,
  version: 1,
  ...over,
});

describe("which acts a state allows", () => {
  const on = (state: Incident["state"]) =>
    (
      ["acknowledge", "start", "hold", "resume", "resolve", "close", "reopen", "cancel", "merge", "note"] as Act[]
    ).filter((act) => refusal(act, incident({ state })) === null);
  it("follows the state machine", () => {
    expect(on("new")).toEqual(["acknowledge", "start", "resolve", "cancel", "merge", "note"]);
    expect(on("in_progress")).toEqual(["acknowledge", "hold", "resolve", "cancel", "merge", "note"]);
    expect(on("on_hold")).toEqual(["acknowledge", "resume", "resolve", "cancel", "merge", "note"]);
    expect(on("resolved")).toEqual(["close", "reopen", "note"]);
    expect(on("closed")).toEqual(["reopen", "note"]);
    expect(on("merged")).toEqual(["note"]);
    expect(on("cancelled")).toEqual(["note"]);
  });
  it("names the reason", () => {
    expect(refusal("hold", incident({ state: "assigned" }))).toBe("not_in_progress");
    expect(refusal("acknowledge", incident({ acknowledged_at: "2026-11-22T04:01:00Z" }))).toBe("acknowledged");
    expect(refusal("reopen", incident({ state: "merged" }))).toBe("terminal");
  });
});

describe("rows under the pointer", () => {
  const rows = (...ids: string[]) => ids.map((id) => ({ id }));
  it("do not change places", () => {
    expect(hold(rows("a", "b", "c"), rows("c", "a", "b")).rows.map((row) => row.id)).toEqual(["a", "b", "c"]);
  });
  it("stay, dimmed, when they left", () => {
    expect(hold(rows("a", "b"), rows("a")).rows).toEqual([{ id: "a" }, { id: "b", gone: true }]);
  });
  it("new ones wait and are counted; a longer page is appended", () => {
    const held = hold(rows("a", "b"), rows("new", "a", "b", "next"));
    expect(held.rows.map((row) => row.id)).toEqual(["a", "b", "next"]);
    expect(held.waiting).toBe(1);
  });
});

describe("views", () => {
  const query = (search: string) => queryOf(filterOf(new URLSearchParams(search)), "team-1");
  it("are questions to the server", () => {
    expect(query("")).toEqual({ state: "open", sort: "due" });
    expect(query("view=mine")).toEqual({ state: "open", sort: "due", assignee: "me" });
    expect(query("view=unassigned&priority=1")).toEqual({
      state: "open",
      sort: "due",
      assignee: "none",
      priority: 1,
    });
    expect(query("view=team")).toEqual({ state: "open", sort: "due", team: "team-1" });
    expect(query("view=all&q=pay&sort=opened")).toEqual({ sort: "opened", q: "pay" });
    expect(query("view=nonsense")).toEqual({ state: "open", sort: "due" });
  });
});

describe("pages on the timeline", () => {
  const entry = (seq: number, kind: string, data: Record<string, unknown>): TimelineEntry => ({
    seq,
    at: "2026-11-22T04:00:00Z",
    recorded_at: "2026-11-22T04:00:00Z",
    kind,
    actor: { kind: "system", id: "page", display: "page" },
    names: {},
    source: "page",
    data,
    text: null,
  });
  it("carry the proof that they arrived, each its own", () => {
    const told = settle([
      entry(1, "page.queued", { person_id: "p", channel: "mail", reason: "firing" }),
      entry(2, "page.queued", { person_id: "p", channel: "webhook", reason: "firing" }),
      entry(3, "page.delivered", { person_id: "p", channel: "webhook", receipt: "202" }),
      entry(4, "page.queued", { person_id: "p", channel: "mail", reason: "resolved" }),
      entry(5, "page.delivered", { person_id: "p", channel: "mail", receipt: "250 a" }),
    ]);
    expect(told.map((each) => [each.seq, each.settled?.seq])).toEqual([
      [1, 5],
      [2, 3],
      [4, undefined],
    ]);
  });
});
