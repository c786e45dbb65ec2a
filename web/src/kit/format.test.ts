import { describe, expect, it } from "vitest";
import {
  ago,
  bytes,
  countdown,
  figureValue,
  instant,
  isoDay,
  listed,
  millis,
  percent,
  percentColumn,
  span,
} from "./format";

describe("a span", () => {
  it.each([
    [0, "0s", "0 秒"],
    [45, "45s", "45 秒"],
    [125, "2m 5s", "2 分 5 秒"],
    [7500, "2h 5m", "2 小时 5 分"],
    [7200, "2h", "2 小时"],
    [93_784, "1d 2h", "1 天 2 小时"],
    [-60, "−1m", "−1 分"],
    [0.5, "500 ms", "500 毫秒"],
    [1.5, "1.5s", "1.5 秒"],
  ])("%d s", (secs, en, zh) => {
    expect(span(secs, "en")).toBe(en);
    expect(span(secs, "zh")).toBe(zh);
  });
});

describe("a countdown", () => {
  it("shows minutes, hours, days", () => {
    expect(countdown(1425, "en")).toBe("23:45");
    expect(countdown(19_425, "en")).toBe("5:23:45");
    expect(countdown(4 * 86_400 + 4 * 3600 + 600, "en")).toBe("4d 04:10");
    expect(countdown(4 * 86_400 + 4 * 3600 + 600, "zh")).toBe("4 天 04:10");
  });
  it("goes on below zero, with a sign", () => {
    expect(countdown(-65, "en")).toBe("−1:05");
  });
});

describe("a percentage", () => {
  it("never rounds up to a whole it did not reach", () => {
    expect(percent(99.9999)).toBe("99.99%");
    expect(percent(100)).toBe("100%");
    expect(percent(99.962, 3)).toBe("99.962%");
  });
  it("keeps its digits in a column", () => {
    expect(percentColumn(99.71)).toBe("99.710%");
    expect(percentColumn(100)).toBe("100%");
  });
});

describe("a figure's value", () => {
  it("is shown in its unit, with more digits near the whole", () => {
    expect(figureValue(99.9621, "percent", "en")).toBe("99.962%");
    expect(figureValue(85.714, "percent", "en")).toBe("85.7%");
    expect(figureValue(1840, "secs", "en")).toBe("30m 40s");
    expect(figureValue(2592, "count", "en")).toBe("2,592");
  });
});

describe("times", () => {
  const now = Date.parse("2026-11-22T04:00:00Z");
  it("are relative in the reader's language", () => {
    expect(ago(now - 180_000, now, "en")).toMatch(/^3 min/);
    expect(ago(now - 180_000, now, "zh")).toBe("3分钟前");
    expect(ago(now - 1000, now, "zh")).toBe("刚刚");
  });
  it("are absolute with their zone", () => {
    expect(instant("2026-11-22T04:05:06Z", "en", "UTC")).toBe("2026-11-22 04:05:06 UTC");
    expect(instant("2026-11-22T04:05:06Z", "zh", "Asia/Shanghai")).toMatch(/^2026-11-22 12:05:06 /);
  });
  it("belong to the day of their zone", () => {
    expect(isoDay("2026-11-21T16:00:00Z", "Asia/Shanghai")).toBe("2026-11-22");
    expect(isoDay("2026-11-21T15:59:59Z", "Asia/Shanghai")).toBe("2026-11-21");
  });
});

describe("small things", () => {
  it("bytes, milliseconds, lists", () => {
    expect(bytes(0)).toBe("0 B");
    expect(bytes(1536)).toBe("1.5 KiB");
    expect(bytes(24e9)).toBe("22.4 GiB");
    expect(millis(4.21)).toBe("4.2 ms");
    expect(millis(1234)).toBe("1.23 s");
    expect(listed(["a", "b"], "zh")).toBe("a、b");
    expect(listed(["a", "b"], "en")).toBe("a, b");
  });
});
