import { expect, test } from "vitest";
import { stateOf } from "./vantage";

const NOW = Date.parse("2026-11-28T08:00:00Z");
const place = { name: "cairo", heard_at: "2026-11-28T07:59:55Z", uplink_lost: false, dropped: 0, clock_ahead_ms: -40 };

test("the gravest thing about a vantage point is what is said of it", () => {
  expect(stateOf(place, NOW).word).toBe("well");
  expect(stateOf({ ...place, name: "here", heard_at: null }, NOW).word).toBe("here");
  expect(stateOf({ ...place, heard_at: null }, NOW).word).toBe("never");
  expect(stateOf({ ...place, heard_at: "2026-11-28T07:59:40Z", uplink_lost: true }, NOW).word).toBe("silent");
  expect(stateOf({ ...place, uplink_lost: true, dropped: 3 }, NOW).word).toBe("cut");
  expect(stateOf({ ...place, clock_ahead_ms: -2500 }, NOW).word).toBe("clock");
  expect(stateOf({ ...place, dropped: 3 }, NOW).word).toBe("dropped");
});
