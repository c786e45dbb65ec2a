// The queue that one came from: the ticket before and the one after, without going back to it. It lies in the tab's own
// storage, because two tabs work through two queues.
import { path } from "@/path";

export type DeskKind = "incident" | "request" | "problem" | "change" | "complaint";

export interface Stop {
  kind: DeskKind;
  id: string;
}
export interface Line {
  /** Where the queue is. */
  back: string;
  stops: Stop[];
}

const KEY = "evenkeel.desk.line";
/** As many as a queue shows at once, a few pages of it. */
const MOST = 500;

export function keepLine(line: Line) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...line, stops: line.stops.slice(0, MOST) }));
}

export function lineNow(): Line | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Line | null;
  } catch {
    return null;
  }
}

/** The tickets beside one, in the order of the queue. Pure. */
export function beside(line: Line | null, id: string): { before: Stop | null; after: Stop | null } {
  const at = line?.stops.findIndex((stop) => stop.id === id) ?? -1;
  if (!line || at === -1) return { before: null, after: null };
  return { before: line.stops[at - 1] ?? null, after: line.stops[at + 1] ?? null };
}

/** The queue without a ticket that is done. Pure. */
export const without = (line: Line, id: string): Line => ({
  ...line,
  stops: line.stops.filter((stop) => stop.id !== id),
});

const PLACE: Record<DeskKind, (id: string) => string> = {
  incident: path.incident,
  request: path.request,
  problem: path.problem,
  change: path.change,
  complaint: path.complaint,
};
export const pathOf = (stop: Stop): string => PLACE[stop.kind](stop.id);

/** Where to go when a ticket is done: the next one of the queue, else the queue; null when one came from none. */
export function done(id: string): string | null {
  const line = lineNow();
  const { before, after } = beside(line, id);
  if (!line?.stops.some((stop) => stop.id === id)) return null;
  keepLine(without(line, id));
  const next = after ?? before;
  return next ? pathOf(next) : line.back;
}
