// What was changed and not saved yet survives a reload, for as long as the tab lives.
import type { Board } from "./model";

export interface Draft {
  /** The version that was changed. */
  seen: number;
  board: Board;
}
const key = (name: string) => `evenkeel.dashboard.draft.${name}`;

export function readDraft(name: string): Draft | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key(name)) ?? "null");
    const draft = stored as Draft | null;
    return draft && typeof draft.seen === "number" && Array.isArray(draft.board?.panels) ? draft : null;
  } catch {
    return null;
  }
}

export function keepDraft(name: string, draft: Draft | null) {
  try {
    if (draft) sessionStorage.setItem(key(name), JSON.stringify(draft));
    else sessionStorage.removeItem(key(name));
  } catch {
    // A full store loses nothing but this comfort.
  }
}
