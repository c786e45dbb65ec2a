import { describe, expect, it } from "vitest";
import { stageOf } from "./stage";

describe("how far a message came", () => {
  const page = { state: "sent", queued_at: "2026-03-02T01:00:00Z", settled_at: "2026-03-02T01:00:01Z" };
  it("is the furthest stage that is proven", () => {
    expect(stageOf(page)).toEqual({ word: "accepted", at: "2026-03-02T01:00:01Z" });
    const arrived = { ...page, delivered_at: "2026-03-02T01:00:09Z" };
    expect(stageOf(arrived).word).toBe("arrived");
    expect(stageOf({ ...arrived, read_at: "2026-03-02T01:01:00Z" }).word).toBe("read");
    expect(stageOf({ ...arrived, acknowledged_at: "2026-03-02T01:02:00Z" }).at).toBe("2026-03-02T01:02:00Z");
  });
  it("says until when what is held waits, and that what was given up was", () => {
    const held = { ...page, state: "held", settled_at: null, release_at: "2026-03-02T23:00:00Z" };
    expect(stageOf(held)).toEqual({ word: "held", at: "2026-03-02T23:00:00Z" });
    expect(stageOf({ ...page, state: "dead" }).word).toBe("dead");
    expect(stageOf({ ...page, state: "undelivered" }).word).toBe("undelivered");
  });
});
