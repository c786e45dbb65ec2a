// Where the burn-down and what lies over it are drawn: shares of the window's width and of the scale's height. Pure.
import type { SloDetail } from "@/api/types";

/** Below this an overspent budget is only named: the curve would be a line at the top otherwise. */
const FLOOR = -1;
const STEPS = [1, 0.5, 0, -0.5, -1];

type Drawn = Pick<SloDetail, "from" | "to" | "until" | "points" | "incidents">;
export interface Band {
  id: string;
  number: number;
  priority: number;
  /** From 0 to 1 of the window. */
  left: number;
  width: number;
  open: boolean;
  from: string;
  to: string | null;
}
export interface Burn {
  /** The lowest share of budget that is drawn. */
  floor: number;
  /** Shares of budget that a line is drawn at. */
  grid: number[];
  /** x from 0 to 1 of the window, y from 0 (top) to 1 (bottom). */
  curve: [number, number][];
  /** Where zero lies, from the top. */
  zero: number;
  /** Where everything is known up to. */
  until: number;
  bands: Band[];
}

const clamp = (x: number) => Math.max(0, Math.min(1, x));

export function burn({ from, to, until, points, incidents }: Drawn): Burn {
  const start = Date.parse(from);
  const whole = Math.max(1, Date.parse(to) - start);
  const x = (at: string) => clamp((Date.parse(at) - start) / whole);
  const least = Math.min(0, ...points.map((point) => point.remaining));
  const floor = least < 0 ? Math.max(FLOOR, Math.min(-0.25, least * 1.1)) : 0;
  const y = (share: number) => clamp((1 - share) / (1 - floor));
  return {
    floor,
    grid: STEPS.filter((step) => step >= floor),
    curve: points.map((point) => [x(point.at), y(point.remaining)]),
    zero: y(0),
    until: x(until),
    bands: incidents
      .map((incident) => {
        const left = x(incident.from);
        const right = incident.to === null ? x(until) : x(incident.to);
        return { ...incident, left, width: Math.max(0, right - left), open: incident.to === null };
      })
      .filter((band) => band.left < 1),
  };
}

/** What was left at an instant of the window (from 0 to 1): the point before it; null after what is known. */
export function pointAt(drawn: Drawn, share: number): { at: string; remaining: number } | null {
  const start = Date.parse(drawn.from);
  const at = start + share * (Date.parse(drawn.to) - start);
  if (at > Date.parse(drawn.until)) return null;
  return drawn.points.findLast((point) => Date.parse(point.at) <= at) ?? null;
}
