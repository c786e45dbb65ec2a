// A timer on a ticket: when it was started lies in this browser, so that it outlives a reload. What it measured is sent once,
// by whoever pressed it.
const key = (person: string, ticket: string) => `evenkeel.timer.${person}.${ticket}`;

/** When the timer of a ticket was started, in milliseconds; null when none runs. */
export function startedAt(storage: Storage, person: string, ticket: string): number | null {
  const at = Number(storage.getItem(key(person, ticket)) ?? "");
  return Number.isFinite(at) && at > 0 ? at : null;
}
export const start = (storage: Storage, person: string, ticket: string, now: number) =>
  storage.setItem(key(person, ticket), String(now));
export const stop = (storage: Storage, person: string, ticket: string) => storage.removeItem(key(person, ticket));

const DAY_MINUTES = 24 * 60;
/** Begun minutes count; at least one, at most a day. */
export const minutesOf = (started: number, now: number): number =>
  Math.min(DAY_MINUTES, Math.max(1, Math.ceil((now - started) / 60_000)));
