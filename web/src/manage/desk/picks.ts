// Which row one stands on, and which are selected. By their ids: a row that comes in above moves neither.
import { useCallback, useEffect, useState } from "react";

/** Every id from `from` to `to`, both included, in the order of the rows. Pure. */
export function between(ids: readonly string[], from: string | null, to: string): string[] {
  const [a, b] = [from === null ? -1 : ids.indexOf(from), ids.indexOf(to)];
  if (b === -1) return [];
  return a === -1 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

export function usePicks<R extends { id: string }>(rows: R[], question: string) {
  const [state, setState] = useState({
    question,
    here: null as string | null,
    from: null as string | null,
    picked: new Set<string>() as ReadonlySet<string>,
  });
  // Another question begins anew.
  const fresh = state.question === question;
  const here = fresh ? state.here : null;
  const from = fresh ? state.from : null;
  const picked = fresh ? state.picked : new Set<string>();
  const at = rows.findIndex((row) => row.id === here);
  const current = rows[at];
  const chosen = rows.filter((row) => picked.has(row.id));
  const put = (change: Partial<typeof state>) => setState({ question, here, from, picked, ...change });
  const pick = useCallback(
    (id: string) =>
      setState((old) => {
        const next = new Set(old.question === question ? old.picked : []);
        if (!next.delete(id)) next.add(id);
        return { question, here: old.question === question ? old.here : null, from: id, picked: next };
      }),
    [question],
  );
  useEffect(() => {
    // Focus goes along: a screen reader reads the row, and Enter opens it.
    const link = here ? document.querySelector<HTMLElement>(`[data-row="${CSS.escape(here)}"] .title a`) : null;
    link?.focus({ preventScroll: true });
    link?.closest("li")?.scrollIntoView({ block: "nearest" });
  }, [here]);
  return {
    here,
    current,
    picked,
    chosen,
    /** What an act is for: the selected ones, else the one that one stands on. */
    targets: chosen.length > 0 ? chosen : current ? [current] : [],
    pick,
    move: (step: number) => put({ here: rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.id ?? null }),
    range: () => {
      if (!current) return;
      const ids = between(
        rows.map((row) => row.id),
        from,
        current.id,
      );
      put({ picked: new Set([...picked, ...ids]), from: current.id });
    },
    clear: () => setState({ question, here: null, from: null, picked: new Set() }),
  };
}
