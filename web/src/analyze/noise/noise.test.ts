import { expect, it } from "vitest";
import type { NoiseSuggestion } from "@/api/types";
import { changeOf } from "./change";

const suggestion = (change: NoiseSuggestion["change"], source_kind = "probe") =>
  ({ change, source_kind, name: "shop-web" }) as NoiseSuggestion;

it("says what to write where, for probes and for rules", () => {
  expect(changeOf(suggestion({ kind: "deactivate" }))).toBe("retired:\n  - { kind: probe, name: shop-web }");
  expect(changeOf(suggestion({ kind: "confirm_longer", secs: 120 }, "rule"))).toContain("for: 120s");
  expect(changeOf(suggestion({ kind: "depend_on", name: "db-up", service: "id" }))).toContain("db-up");
  expect(changeOf(suggestion({ kind: "hold_until_morning" }))).toContain("severity: info");
});
