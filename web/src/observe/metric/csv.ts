// What is seen as a file that a spreadsheet opens. Pure.
import type { Plot } from "./plot";
import type { Instant } from "./prom";

/** Quoted when it must be; a cell that a spreadsheet would run as a formula is text. */
export function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?(\d|\.\d|Inf)/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const line = (cells: string[]) => cells.map(cell).join(",");

/** A row an instant, a column a series. */
export function csvOfPlot(plot: Plot): string {
  const head = line(["time", ...plot.lines.map((each) => each.name + (each.before ? " (before)" : ""))]);
  const rows = plot.times.map((at, index) =>
    line([
      new Date(at * 1000).toISOString(),
      ...plot.lines.map((each) => {
        const value = each.values[index];
        return value === null || value === undefined ? "" : String(value);
      }),
    ]),
  );
  return `${[head, ...rows].join("\r\n")}\r\n`;
}

/** A row a series, a column a label. */
export function csvOfInstants(rows: Instant[]): string {
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.metric)))].sort();
  const body = rows.map((row) =>
    line([...labels.map((label) => row.metric[label] ?? ""), row.value?.[1] ?? row.histogram?.[1].count ?? ""]),
  );
  return `${[line([...labels, "value"]), ...body].join("\r\n")}\r\n`;
}
