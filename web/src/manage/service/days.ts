// Ninety days as a strip, one bar a day. Pure. A day's bar is parted into bad, partial, unknown and good by their seconds; a little
// bad keeps a height that can be seen.
import type { SliDay } from "@/api/types";

export interface DayBar {
  date: string;
  good: number;
  bad: number;
  partial: number;
  unknown: number;
  /** Nothing is known at all: before the service was watched. */
  empty: boolean;
  /** Of what is known, in percent. */
  availability: number | null;
  bad_secs: number;
  partial_secs: number;
  unknown_secs: number;
}
const LEAST_SHARE = 0.14;

export function bars(days: SliDay[]): DayBar[] {
  return days.map((day) => {
    // Partial is no downtime: as many vantage points as the probe asks for saw the service.
    const up = day.good_secs + day.partial_secs;
    const known = up + day.bad_secs;
    const total = known + day.unknown_secs;
    const share = (secs: number) => (secs <= 0 || total === 0 ? 0 : Math.max(LEAST_SHARE, secs / total));
    const bad = share(day.bad_secs);
    const partial = Math.min(1 - bad, share(day.partial_secs));
    const unknown = known === 0 ? 1 : Math.min(1 - bad - partial, share(day.unknown_secs));
    return {
      date: day.date,
      bad,
      partial,
      unknown,
      good: Math.max(0, 1 - bad - partial - unknown),
      empty: known === 0,
      availability: known === 0 ? null : (100 * up) / known,
      bad_secs: day.bad_secs,
      partial_secs: day.partial_secs,
      unknown_secs: day.unknown_secs,
    };
  });
}

/** The whole strip's availability with its bounds: the unknown as bad, the unknown as good. Null when nothing is known. */
export function overall(days: SliDay[]): { value: number; low: number; high: number } | null {
  const sum = days.reduce(
    (so_far, day) => ({
      good: so_far.good + day.good_secs + day.partial_secs,
      bad: so_far.bad + day.bad_secs,
      unknown: so_far.unknown + day.unknown_secs,
    }),
    { good: 0, bad: 0, unknown: 0 },
  );
  const known = sum.good + sum.bad;
  if (known === 0) return null;
  const all = known + sum.unknown;
  return { value: (100 * sum.good) / known, low: (100 * sum.good) / all, high: (100 * (sum.good + sum.unknown)) / all };
}
