// Every key of the desk, once: what the pages listen to, what the help shows, and what the manual says (a test compares).
import { useEffect, useRef } from "react";
import { covered } from "@/kit/layers";

/** On a list of tickets, or on one ticket. */
export type Where = "list" | "ticket";

export const KEYS = [
  { does: "next", keys: ["j", "ArrowDown"], shown: "J", in: ["list"] },
  { does: "previous", keys: ["k", "ArrowUp"], shown: "K", in: ["list"] },
  { does: "open", keys: ["Enter"], shown: "↵", in: ["list"] },
  { does: "select", keys: ["x"], shown: "X", in: ["list"] },
  { does: "range", keys: ["X"], shown: "Shift X", in: ["list"] },
  { does: "take", keys: ["i"], shown: "I", in: ["list", "ticket"] },
  { does: "assign", keys: ["a"], shown: "A", in: ["list", "ticket"] },
  { does: "priority", keys: ["p"], shown: "P", in: ["list", "ticket"] },
  { does: "reply", keys: ["r"], shown: "R", in: ["list", "ticket"] },
  { does: "note", keys: ["n"], shown: "N", in: ["list", "ticket"] },
  { does: "resolve", keys: ["e"], shown: "E", in: ["list", "ticket"] },
  { does: "wait", keys: ["w"], shown: "W", in: ["list", "ticket"] },
  { does: "undo", keys: ["u"], shown: "U", in: ["list", "ticket"] },
  { does: "link", keys: ["l"], shown: "L", in: ["ticket"] },
  { does: "locate", keys: ["o"], shown: "O", in: ["ticket"] },
  { does: "time", keys: ["t"], shown: "T", in: ["ticket"] },
  { does: "checklist", keys: ["c"], shown: "C", in: ["ticket"] },
  { does: "watch", keys: ["b"], shown: "B", in: ["ticket"] },
  { does: "major", keys: ["m"], shown: "M", in: ["ticket"] },
  { does: "grievance", keys: ["g"], shown: "G", in: ["ticket"] },
  { does: "macro", keys: ["."], shown: ".", in: ["ticket"] },
  { does: "canned", keys: [";"], shown: ";", in: ["ticket"] },
  { does: "previousTicket", keys: ["["], shown: "[", in: ["ticket"] },
  { does: "nextTicket", keys: ["]"], shown: "]", in: ["ticket"] },
  { does: "call", keys: ["d"], shown: "D", in: ["list", "ticket"] },
  { does: "search", keys: ["/"], shown: "/", in: ["list"] },
  { does: "declare", keys: ["c"], shown: "C", in: ["list"] },
  { does: "saveView", keys: ["s"], shown: "S", in: ["list"] },
  { does: "back", keys: ["Escape"], shown: "Esc", in: ["list", "ticket"] },
  { does: "help", keys: ["?"], shown: "?", in: ["list", "ticket"] },
] as const satisfies readonly { does: string; keys: readonly string[]; shown: string; in: readonly Where[] }[];

export type Does = (typeof KEYS)[number]["does"];
export type Handlers = Partial<Record<Does, () => void>>;

/** What a key does here; undefined when it does nothing. */
export function doesOf(where: Where, key: string): Does | undefined {
  return KEYS.find(
    (each) => (each.in as readonly Where[]).includes(where) && (each.keys as readonly string[]).includes(key),
  )?.does;
}

/** How a key is shown on its button. */
export const shownOf = (does: Does): string => KEYS.find((each) => each.does === does)?.shown ?? "";

/** Typing in a field is not a command, nor is anything while something lies over the page. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input:not([type=checkbox]),textarea,select,[contenteditable=true]") !== null
  );
}

/** Listens to the keys of a page. What has no handler is left to the browser. */
export function useKeys(where: Where, handlers: Handlers, off = false) {
  const latest = useRef({ handlers, off });
  latest.current = { handlers, off };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { handlers, off } = latest.current;
      if (off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (covered() || isTyping(event.target)) return;
      const does = doesOf(where, event.key);
      const handle = does && handlers[does];
      if (!handle) return;
      // Enter on a link or a button presses that.
      if (does === "open" && (event.target as HTMLElement).closest("a,button")) return;
      event.preventDefault();
      handle();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [where]);
}
