import { describe, expect, it } from "vitest";
import { path, safeBack } from "@/path";
import { lettersOf } from "./avatar";
import { initials, matches } from "./pinyin";

describe("pinyin initials", () => {
  it("are found without a dictionary", () => {
    expect(initials("订单服务")).toBe("ddfw");
    expect(initials("支付网关")).toBe("zfwg");
    expect(initials("林晓舟")).toBe("lxz");
    expect(initials("VIP 会员")).toBe("viphy");
  });
  it("match what was typed, as does any part", () => {
    expect(matches("在线商城", "zxsc")).toBe(true);
    expect(matches("在线商城", "商城")).toBe(true);
    expect(matches("Online shop", "SHOP")).toBe(true);
    expect(matches("在线商城", "xyz")).toBe(false);
    expect(matches("anything", "  ")).toBe(true);
  });
});

describe("avatars", () => {
  it("carry the letters a reader knows someone by", () => {
    expect(lettersOf("林晓舟")).toBe("舟");
    expect(lettersOf("Ada Lovelace")).toBe("AL");
    expect(lettersOf("chen")).toBe("CH");
  });
});

describe("paths", () => {
  it("leave out what is empty and escape what is not plain", () => {
    expect(path.incidents({ view: "mine", q: "", service: undefined })).toBe("/incidents?view=mine");
    expect(path.incident("a/b")).toBe("/incidents/a%2Fb");
  });
  it("go back after sign-in only to ourselves", () => {
    expect(safeBack("/incidents?view=mine")).toBe("/incidents?view=mine");
    for (const bad of ["//evil.example", "https://evil.example", "/\\evil.example", null])
      expect(safeBack(bad)).toBe("/");
  });
});
