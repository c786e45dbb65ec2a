// What was changed, to be taken back and done again. Pure.
export interface Past<T> {
  before: T[];
  now: T;
  after: T[];
}
const MOST = 100;

export const begin = <T>(now: T): Past<T> => ({ before: [], now, after: [] });

export function changed<T>(past: Past<T>, next: T): Past<T> {
  if (JSON.stringify(next) === JSON.stringify(past.now)) return past;
  return { before: [...past.before, past.now].slice(-MOST), now: next, after: [] };
}

export function undone<T>(past: Past<T>): Past<T> {
  const last = past.before.at(-1);
  return last === undefined ? past : { before: past.before.slice(0, -1), now: last, after: [past.now, ...past.after] };
}

export function redone<T>(past: Past<T>): Past<T> {
  const [next, ...rest] = past.after;
  return next === undefined ? past : { before: [...past.before, past.now], now: next, after: rest };
}
