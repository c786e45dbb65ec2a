import { describe, expect, it } from "vitest";
import { bottomOf, inside, overlaps, placedAt, settled } from "./grid";
import { freshId, type Panel, readBoard, slug, writeBoard } from "./model";
import { PACKS, packOf } from "./packs";
import { toneOf } from "./threshold";
import { begin, changed, redone, undone } from "./undo";
import { filled, readChoices } from "./variable";

const panel = (id: string, x: number, y: number, w = 12, h = 4): Panel => ({
  id,
  kind: "stat",
  title: id,
  at: { x, y, w, h },
});
const places = (panels: Panel[]) => Object.fromEntries(panels.map((each) => [each.id, each.at.y]));

describe("the grid", () => {
  it("lets a moved panel have its place, and others make room", () => {
    const moved = placedAt([panel("a", 0, 0), panel("b", 0, 4)], "b", { x: 0, y: 0, w: 12, h: 4 });
    expect(places(moved)).toEqual({ a: 4, b: 0 });
    expect(moved.map((each) => each.id)).toEqual(["a", "b"]);
  });

  it("never has two panels on each other, and no holes above", () => {
    const laid = settled([panel("a", 0, 9), panel("b", 6, 9), panel("c", 12, 40)]);
    for (const one of laid) for (const other of laid) if (one !== other) expect(overlaps(one.at, other.at)).toBe(false);
    expect(places(laid)).toEqual({ a: 0, b: 4, c: 8 });
    expect(bottomOf(laid)).toBe(12);
  });

  it("keeps panels inside", () => {
    expect(inside({ x: 30, y: -3, w: 40, h: 0 })).toEqual({ x: 0, y: 0, w: 24, h: 2 });
    expect(inside({ x: 22, y: 1, w: 6, h: 3 })).toEqual({ x: 18, y: 1, w: 6, h: 3 });
  });
});

describe("a board as code", () => {
  it("comes back as it was written, and from JSON too", () => {
    const board = { title: { zh: "主机", en: "Hosts" }, panels: [panel("a", 0, 0)] };
    expect(readBoard(writeBoard(board))).toEqual(board);
    expect(readBoard(JSON.stringify(board))).toEqual(board);
  });

  it("is refused with its place", () => {
    expect(() => readBoard("- a")).toThrow("mapping");
    expect(() => readBoard("title: x")).toThrow("panels");
    expect(() => readBoard("title: x\npanels: [{kind: pie}]")).toThrow("panels[0].kind");
    expect(() => readBoard("title: x\npanels: [{kind: stat, at: {x: 0}}]")).toThrow("panels[0].at");
  });

  it("has names that are parts of addresses, and ids of its own", () => {
    expect(slug("  Web Shop #1 ")).toBe("web-shop-1");
    expect(slug("主机")).toBe("");
    expect(freshId([panel("panel-2", 0, 0)])).toBe("panel-3");
  });
});

describe("packs", () => {
  it("can be read, lie well and ask something", () => {
    expect(PACKS.map((pack) => pack.name)).toEqual(["evenkeel", "host", "nginx", "postgresql", "probes", "redis"]);
    for (const { name, board } of PACKS) {
      expect(packOf(`builtin-${name}`)?.board).toBe(board);
      expect(new Set(board.panels.map((each) => each.id)).size, name).toBe(board.panels.length);
      expect(settled(board.panels), name).toEqual(board.panels);
      for (const each of board.panels) {
        expect(inside(each.at), `${name} ${each.id}`).toEqual(each.at);
        expect(
          each.queries?.every((query) => query.expr.trim() !== ""),
          `${name} ${each.id}`,
        ).toBe(true);
      }
    }
  });
});

describe("variables", () => {
  const host = { name: "host", label: "instance", multi: true };
  it("stand for what was chosen, as a pattern inside =~", () => {
    const choices = { host: ["a.b:9100", "c"] };
    expect(filled('x{i=~"$host"}', [host], choices)).toBe('x{i=~"a\\\\.b:9100|c"}');
    expect(filled('x{i="$host"}', [host], choices)).toBe('x{i="a.b:9100"}');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a dashboard.
    expect(filled("${host}_x $other", [host], { host: ["c"] })).toBe("c_x $other");
  });

  it("stand for everything when nothing was chosen", () => {
    expect(filled('x{i=~"$host"}', [host], {})).toBe('x{i=~".*"}');
    const own = { name: "env", values: ["a", "b"], multi: true };
    expect(filled('x{i=~"$env"}', [own], {})).toBe('x{i=~"a|b"}');
  });

  it("are read from the address", () => {
    const env = { name: "env", values: ["a", "b"] };
    expect(readChoices(new URLSearchParams("var-host=x&var-host=y"), [host, env])).toEqual({
      host: ["x", "y"],
      env: ["a"],
    });
  });
});

it("a change is taken back and done again; a new one forgets what was taken back", () => {
  const twice = changed(changed(begin(1), 2), 3);
  expect(undone(twice).now).toBe(2);
  expect(redone(undone(twice)).now).toBe(3);
  expect(changed(undone(twice), 9).after).toEqual([]);
  expect(changed(twice, 3)).toBe(twice);
  expect(undone(begin(1)).now).toBe(1);
});

it("a value has the tone of the highest threshold it reached", () => {
  const thresholds = [
    { value: 1, tone: "attention" as const },
    { value: 2, tone: "bad" as const },
  ];
  expect([0.5, 1, 5].map((value) => toneOf(value, thresholds))).toEqual([null, "attention", "bad"]);
});
