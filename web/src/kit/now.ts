import { useSyncExternalStore } from "react";
import { serverNow } from "@/api/client";

// One timer for the whole page: every countdown moves on the same beat.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let beat = 0;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    beat += 1;
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The server's time in milliseconds, again each `every` seconds. */
export function useNow(every = 1): number {
  useSyncExternalStore(subscribe, () => Math.floor(beat / every));
  return serverNow();
}
