// @vitest-environment happy-dom
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { startTexts, type Translate } from "@/i18n";
import { detailText } from "./detail";

beforeAll(() => startTexts("en"));
const text = (detail: string) => detailText(detail, i18next.t as unknown as Translate, "en");

describe("a row's detail", () => {
  it("parts its statements", () => {
    expect(text("P1 resolve met target 14400 s due 2026-11-22T10:55:09Z")).toMatch(
      /^P1 · resolve · met · target 4h · due \d\d-\d\d \d\d:\d\d$/,
    );
    expect(text("P2 restore breached target 7200 s due -")).toBe("P2 · restore · breached · target 2h");
    expect(text("P1 telemetry → unknown")).toBe("P1 · telemetry → unknown");
  });
  it("leaves names alone", () => {
    expect(text("RTO 1800 s (practice-shop v1)")).toBe("RTO 30m (practice-shop v1)");
    expect(text("machine alert − T0")).toBe("machine alert − T0");
  });
  it("tells a stretch from its beginning to its end", () => {
    expect(text("2026-11-22T06:53:46.305278Z/2026-11-22T06:54:46.63362Z")).toMatch(/^\S+ \S+ – \S+ \S+$/);
  });
});
