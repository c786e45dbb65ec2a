// One line out of a metric's many. Pure.
import type { HostSeries } from "@/api/types";

type Lines = HostSeries["series"];
type Points = (number | null)[][];

/** The lines added up; a moment at which none has a value is a gap. */
export function sumOf(lines: Lines): Points {
  const sums = new Map<number, number | null>();
  for (const line of lines) {
    for (const [at, value] of line.points) {
      if (at === null || at === undefined) continue;
      const before = sums.get(at) ?? null;
      sums.set(at, value === null || value === undefined ? before : (before ?? 0) + value);
    }
  }
  return [...sums].sort(([a], [b]) => a - b);
}

/** The busy share of all processors, of their seconds by mode: what is neither idle nor waiting for a disk. */
export function busyOf(lines: Lines): Points {
  const all = new Map(sumOf(lines).map(([at, value]) => [at, value]));
  const idle = sumOf(lines.filter((line) => line.labels.mode === "idle" || line.labels.mode === "iowait"));
  return idle.map(([at, value]) => {
    const total = all.get(at);
    return [
      at ?? 0,
      value === null || value === undefined || !total ? null : Math.min(1, Math.max(0, 1 - value / total)),
    ];
  });
}

/** What is used, of what is available out of a total. */
export function usedOf(lines: Lines, total: number): Points {
  return sumOf(lines).map(([at, value]) => [
    at ?? 0,
    value === null || value === undefined ? null : Math.max(0, total - value),
  ]);
}
