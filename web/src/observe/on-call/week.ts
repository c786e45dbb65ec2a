// Four weeks of duty as bars on seven-day rows. Pure; days are the reader's.
import type { Shift } from "@/api/types";

export interface Bar {
  shift: Shift;
  /** Percent of the row. */
  left: number;
  width: number;
  startsHere: boolean;
  endsHere: boolean;
}
export interface Week {
  from: Date;
  to: Date;
  bars: Bar[];
}

/** Monday 00:00 of the week that holds `at`, in the reader's zone. */
export function mondayOf(at: Date): Date {
  const monday = new Date(at.getFullYear(), at.getMonth(), at.getDate());
  monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7));
  return monday;
}

export function addDays(at: Date, days: number): Date {
  const next = new Date(at);
  next.setDate(next.getDate() + days);
  return next;
}

export function weeks(shifts: Shift[], first: Date, count: number): Week[] {
  return Array.from({ length: count }, (_, index) => {
    const from = addDays(first, index * 7);
    const to = addDays(first, index * 7 + 7);
    const a = from.getTime();
    const whole = to.getTime() - a;
    const bars = shifts
      .map((shift) => ({ shift, start: Date.parse(shift.from), end: Date.parse(shift.to) }))
      .filter(({ start, end }) => end > a && start < to.getTime())
      .map(({ shift, start, end }) => {
        const left = Math.max(0, (start - a) / whole) * 100;
        const right = Math.min(1, (end - a) / whole) * 100;
        return { shift, left, width: right - left, startsHere: start >= a, endsHere: end <= to.getTime() };
      });
    return { from, to, bars };
  });
}

/** A colour of its own for each person of a rota, by place in it. */
export const hue = (index: number) => (index < 0 ? 0 : (188 + index * 67) % 360);
