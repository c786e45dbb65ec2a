// A field whose text is a draft.
import { useCallback, useEffect, useState } from "react";
import { useSession } from "@/shell/session";
import { draftKey, readDraft, writeDraft } from "./drafts";

/** A text that is kept while it is written; setting it empty lets it go. */
export function useDraft(ticket: string, field: string): [string, (next: string | ((old: string) => string)) => void] {
  const person = useSession()?.person.id ?? "";
  const key = draftKey(person, ticket, field);
  const [state, setState] = useState(() => ({ key, text: readDraft(localStorage, key, Date.now()) }));
  const text = state.key === key ? state.text : readDraft(localStorage, key, Date.now());
  useEffect(() => {
    setState((old) => (old.key === key ? old : { key, text: readDraft(localStorage, key, Date.now()) }));
  }, [key]);
  const set = useCallback(
    (next: string | ((old: string) => string)) =>
      setState((old) => {
        const before = old.key === key ? old.text : readDraft(localStorage, key, Date.now());
        const text = typeof next === "function" ? next(before) : next;
        writeDraft(localStorage, key, text, Date.now());
        return { key, text };
      }),
    [key],
  );
  return [text, set];
}
