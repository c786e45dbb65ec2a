import { describe, expect, it } from "vitest";
import { parsed, written } from "./matchers";

describe("matchers", () => {
  it("are read as people write them", () => {
    expect(parsed('service="shop", alertname=~"Disk.*"')).toEqual([
      { name: "service", op: "=", value: "shop" },
      { name: "alertname", op: "=~", value: "Disk.*" },
    ]);
    expect(parsed("{a!=b,c!~d}")).toEqual([
      { name: "a", op: "!=", value: "b" },
      { name: "c", op: "!~", value: "d" },
    ]);
  });
  it("are none while they are not whole", () => {
    for (const text of ["", "service", 'service="sh', "=x", 'a="1" b="2"']) expect(parsed(text)).toBeNull();
  });
  it("are written so that they are read again", () => {
    const matchers = [{ name: "path", op: "=~" as const, value: '\\d+,"x"' }];
    expect(parsed(written(matchers))).toEqual(matchers);
  });
});
