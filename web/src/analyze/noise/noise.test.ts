import { expect, it } from "vitest";
import type { NoiseSuggestion } from "@/api/types";
import { path } from "@/path";
import { changeOf, isConfiguration } from "./change";

const suggestion = (change: NoiseSuggestion["change"], source_kind = "probe") =>
  ({ change, source_kind, name: "shop-web" }) as NoiseSuggestion;

it("says what to write where, for probes and for rules", () => {
  expect(changeOf(suggestion({ kind: "deactivate" }))).toBe("retired:\n  - { kind: probe, name: shop-web }");
  expect(changeOf(suggestion({ kind: "confirm_longer", secs: 120 }, "rule"))).toContain("for: 120s");
  expect(changeOf(suggestion({ kind: "depend_on", name: "db-up", service: "id" }))).toContain("db-up");
  expect(changeOf(suggestion({ kind: "hold_until_morning" }))).toContain("severity: info");
});

it("opens the configuration with the change in it, and not for what stands in a rule file", () => {
  const retire = suggestion({ kind: "deactivate" });
  const link = new URL(path.settings("configuration", { text: changeOf(retire) }), "http://console");
  expect(link.pathname).toBe("/settings/configuration");
  expect(link.searchParams.get("text")).toBe(changeOf(retire));
  expect(isConfiguration(retire)).toBe(true);
  expect(isConfiguration(suggestion({ kind: "deactivate" }, "rule"))).toBe(false);
  expect(isConfiguration(suggestion({ kind: "depend_on", name: "db-up", service: "id" }, "rule"))).toBe(true);
});
