// A period of whole days in a zone, as instants. Pure.
import { isoDay } from "@/kit/format";

/** The instant of 00:00 of a calendar day in a zone: offset found by asking the zone, twice, for days when it changes. */
export function startOfDay(day: string, zone: string): Date {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  let at = wanted;
  for (let round = 0; round < 2; round += 1) at = wanted - offsetAt(at, zone);
  return new Date(at);
}

function offsetAt(at: number, zone: string): number {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
      .formatToParts(new Date(at))
      .map((part) => [part.type, Number(part.value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts as Record<string, number>;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** `2026-10-01 – 2026-10-31`: the last day is the one before the exclusive end. */
export function periodText(from: string, to: string, zone: string): string {
  const last = isoDay(Date.parse(to) - 1, zone);
  const first = isoDay(from, zone);
  return first === last ? first : `${first} – ${last}`;
}
