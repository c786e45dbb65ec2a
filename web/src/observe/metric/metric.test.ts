import { describe, expect, it } from "vitest";
import { cell, csvOfInstants, csvOfPlot } from "./csv";
import { remembered } from "./history";
import { pairQuery } from "./pair";
import { clicked, figuresOf, legendText, plotOf, seriesText, shownOf, stackedOf } from "./plot";
import { type Instant, placed } from "./prom";
import {
  aligned,
  durationSecs,
  durationText,
  instantOf,
  lengthOf,
  moved,
  POINTS_MAX,
  spanOf,
  stepOf,
  wider,
} from "./range";
import { EMPTY, readState, writeState } from "./state";
import { suggestionOf } from "./suggest";
import { inUnit, unitOfName } from "./unit";

const NOW = 1_800_000_000_000;

describe("a range", () => {
  it("reads durations as the engine does and writes them shortest", () => {
    expect(durationSecs("1h30m")).toBe(5400);
    expect(durationSecs("90")).toBe(90);
    expect(durationSecs("500ms")).toBe(0.5);
    for (const wrong of ["", "h", "1x", "-5m", "1h 5m"]) expect(durationSecs(wrong)).toBeNull();
    expect([5400, 604_800, 90, 0.25].map(durationText)).toEqual(["1h30m", "1w", "1m30s", "250ms"]);
  });

  it("is the last hour when it cannot be read or is the wrong way round", () => {
    const hour = { fromMs: NOW - 3_600_000, toMs: NOW };
    expect(spanOf({ from: "yesterday", to: "now" }, NOW)).toEqual(hour);
    expect(spanOf({ from: "now", to: "now-1h" }, NOW)).toEqual(hour);
    expect(instantOf("1799999000000", NOW)).toBe(1_799_999_000_000);
    expect(lengthOf({ from: "now-6h", to: "now" })).toBe("6h");
    expect(lengthOf({ from: "now-6h", to: "now-1h" })).toBeNull();
  });

  it("moves and widens without going beyond now", () => {
    const range = { from: String(NOW - 7_200_000), to: String(NOW - 3_600_000) };
    expect(moved(range, NOW, -1)).toEqual({ from: String(NOW - 9_000_000), to: String(NOW - 5_400_000) });
    expect(moved({ from: "now-1h", to: "now" }, NOW, 1).to).toBe(String(NOW));
    expect(wider({ from: "now-1h", to: "now" }, NOW)).toEqual({ from: "now-2h", to: "now" });
    expect(Number(wider(range, NOW).to)).toBeLessThanOrEqual(NOW);
  });

  it("takes a round step of about as many points as fit, or what was asked as far as the engine answers it", () => {
    expect(stepOf(3600, "", 300)).toBe(15);
    expect(stepOf(60, "", 300)).toBe(1);
    expect(stepOf(3600, "1m")).toBe(60);
    expect(stepOf(POINTS_MAX * 10, "1s")).toBe(10);
    expect(stepOf(3600, "nonsense", 300)).toBe(15);
    expect(aligned(1_003_000, 1_062_000, 15)).toEqual({ start: 990, end: 1050 });
  });
});

describe("the explorer's address", () => {
  it("holds everything and gives it back", () => {
    const state = {
      queries: [
        { expr: 'up{job="a b"}', off: false },
        { expr: "rate(x[5m])\n+ 1", off: true },
      ],
      view: "table" as const,
      range: { from: "now-6h", to: "now" },
      step: "30s",
      compare: "90m",
      stacked: true,
      unit: "bytes",
      refresh: 15,
    };
    expect(readState(new URLSearchParams(writeState(state).toString()))).toEqual(state);
  });

  it("is empty for a fresh explorer, and takes nothing that it does not know", () => {
    expect(writeState(EMPTY).toString()).toBe("");
    const strange = new URLSearchParams("view=pie&step=soon&compare=2y&refresh=1");
    expect(readState(strange)).toEqual(EMPTY);
  });
});

const series = (labels: Record<string, string>, values: [number, string][]) => ({ metric: labels, values });

describe("series as lines", () => {
  it("lie on one grid, with gaps where there is no sample or no finite number", () => {
    const plot = plotOf(
      [
        {
          query: 0,
          series: [
            series({ __name__: "a" }, [
              [100, "1"],
              [130, "3"],
            ]),
          ],
        },
        {
          query: 1,
          series: [
            series({ __name__: "b", x: "y" }, [
              [100, "NaN"],
              [115, "+Inf"],
              [130, "-2"],
            ]),
          ],
        },
      ],
      100,
      130,
      15,
    );
    expect(plot.times).toEqual([100, 115, 130]);
    expect(plot.lines.map((line) => line.values)).toEqual([
      [1, null, 3],
      [null, null, -2],
    ]);
    expect(plot.lines.map((line) => line.name)).toEqual(["a", 'b{x="y"}']);
  });

  it("of an earlier time are moved to now", () => {
    const plot = plotOf(
      [{ query: 0, before: true, shiftSecs: 86_400, series: [series({ a: "1" }, [[100, "7"]])] }],
      86_500,
      86_530,
      15,
    );
    expect(plot.lines[0]).toMatchObject({ before: true, values: [7, null, null] });
  });

  it("tell histograms apart, which no line shows", () => {
    const plot = plotOf(
      [{ query: 0, series: [{ metric: {}, histograms: [[1, { count: "1", sum: "2" }]] }] }],
      0,
      10,
      5,
    );
    expect([plot.lines.length, plot.histograms]).toEqual([0, 1]);
  });

  it("have figures that pass over gaps, and stacks that keep them", () => {
    expect(figuresOf([null, 4, -2, null])).toEqual({ min: -2, max: 4, mean: 1, last: -2 });
    expect(figuresOf([null]).last).toBeNull();
    expect(
      stackedOf([
        [1, null, 2],
        [3, 4, null],
      ]),
    ).toEqual([
      [1, null, 2],
      [4, 4, null],
    ]);
  });

  it("are named by their labels, or as the legend says", () => {
    expect(seriesText({})).toBe("{}");
    expect(seriesText({ b: 'say "x"', a: "1" })).toBe('{a="1", b="say \\"x\\""}');
    expect(legendText("{{ host }}: {{none}}!", { host: "a" })).toBe("a: !");
  });

  it("are isolated by a click and come back by another", () => {
    const one = clicked(new Set(), "a", false);
    expect([...shownOf(["a", "b"], one)]).toEqual(["a"]);
    expect([...clicked(one, "b", true)]).toEqual(["a", "b"]);
    expect(shownOf(["a", "b"], clicked(one, "a", false)).size).toBe(2);
    expect(shownOf(["c"], one).size).toBe(1);
  });
});

describe("CSV", () => {
  it("has a column a line and empty cells for gaps", () => {
    const plot = plotOf([{ query: 0, series: [series({ __name__: "a", b: 'c"' }, [[60, "1.5"]])] }], 0, 60, 60);
    expect(csvOfPlot(plot)).toBe(
      'time,"a{b=""c\\""""}"\r\n1970-01-01T00:00:00.000Z,\r\n1970-01-01T00:01:00.000Z,1.5\r\n',
    );
  });

  it("has a column a label, and nothing that a spreadsheet would run", () => {
    const rows: Instant[] = [
      { metric: { a: "=1+1" }, value: [1, "-3"] as [number, string] },
      { metric: { b: "x,y" }, value: [1, "NaN"] as [number, string] },
    ];
    expect(csvOfInstants(rows)).toBe('a,b,value\r\n\'=1+1,,-3\r\n,"x,y",NaN\r\n');
    expect(cell("@cmd")).toBe("'@cmd");
  });
});

describe("units", () => {
  it("write numbers with as many digits as tell something", () => {
    expect(inUnit(1536, "bytes", "en")).toBe("1.5 KiB");
    expect(inUnit(0.0005, "seconds", "en")).toBe("500 µs");
    expect(inUnit(0.9234, "ratio", "en")).toBe("92.3%");
    expect(inUnit(1_234_567, "short", "en")).toBe("1.23M");
    expect(inUnit(0.00123, "", "en")).toBe("0.00123");
    expect(inUnit(2.7659, "", "en", 1)).toBe("2.8");
    expect(inUnit(Number.NaN, "bytes", "en")).toBe("NaN");
    expect(inUnit(Number.NEGATIVE_INFINITY, "", "en")).toBe("−Inf");
  });

  it("follow from the name where it tells", () => {
    expect(unitOfName("node_memory_MemFree_bytes")).toBe("bytes");
    expect(unitOfName('rate(node_network_receive_bytes_total{device="eth0"}[5m])')).toBe("bytes_per_second");
    expect(unitOfName("probe_duration_seconds")).toBe("seconds");
    expect(unitOfName("rate(node_cpu_seconds_total[5m])")).toBe("");
    expect(unitOfName("a_bytes / b_bytes")).toBe("");
  });
});

describe("words of the engine", () => {
  it("lose their place, which is shown by itself", () => {
    expect(placed('invalid parameter "query": 2:8: parse error: unexpected end')).toEqual({
      text: "parse error: unexpected end",
      place: { line: 2, column: 8 },
    });
    expect(placed('metric might not be a counter: "x" (1:6)').place).toEqual({ line: 1, column: 6 });
    expect(placed("took too long").place).toBeNull();
  });
});

describe("small helpers", () => {
  it("remember what was run, newest first and once", () => {
    expect(remembered(["b", "a"], [" a ", ""])).toEqual(["a", "b"]);
    expect(
      remembered(
        Array.from({ length: 60 }, (_, n) => `${n}`),
        ["x"],
      ),
    ).toHaveLength(50);
  });
  it("offer the query that a metric of this kind is asked by", () => {
    expect(suggestionOf("x_total", 'x_total{a="1"}', "")).toBe('rate(x_total{a="1"}[5m])');
    expect(suggestionOf("x_bucket", "x_bucket", "histogram")).toContain("histogram_quantile");
    expect(suggestionOf("up", "up", "gauge")).toBe("up");
  });
  it("count the series of a label pair whose value holds an equals sign", () => {
    expect(pairQuery("path=/a=b")).toContain('{path="/a=b"}');
  });
});
