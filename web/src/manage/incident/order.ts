// No reorder under the pointer: while someone points at the list, rows change in place, new rows wait, rows that left
// stay where they were, dimmed. Pure.
export interface Held<R> {
  rows: (R & { gone?: boolean })[];
  /** How many wait to be shown. */
  waiting: number;
}

export function hold<R extends { id: string }>(before: R[], fresh: R[]): Held<R> {
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const known = new Set(before.map((row) => row.id));
  const rows = before.map((row) => byId.get(row.id) ?? { ...row, gone: true });
  // A longer page (more was asked for) is appended; only rows that push in between wait.
  const last = fresh.findLastIndex((row) => known.has(row.id));
  const appended = last === -1 ? fresh : fresh.slice(last + 1);
  const waiting = fresh.filter((row, index) => !known.has(row.id) && index <= last).length;
  return { rows: [...rows, ...appended], waiting };
}
