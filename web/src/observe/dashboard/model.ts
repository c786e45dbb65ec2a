// A dashboard as it is kept and written: the server's shape, with words of ours. Pure.
import { parse, stringify } from "yaml";
import type { components } from "@/api/schema";
import type { Name } from "@/i18n";

type Schemas = components["schemas"];
export type PanelKind = Schemas["DashboardPanelKind"];
export type Place = Schemas["DashboardPlace"];
export type Tone = Schemas["DashboardTone"];
export interface Threshold {
  value: number;
  tone: Tone;
}
export interface PanelQuery {
  expr: string;
  legend?: string;
}
export interface Panel {
  id: string;
  kind: PanelKind;
  title: Name;
  at: Place;
  queries?: PanelQuery[];
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  stacked?: boolean;
  thresholds?: Threshold[];
  text?: Name;
}
export interface Variable {
  name: string;
  title?: Name;
  /** The label whose values are offered, and of which series. */
  label?: string;
  of?: string;
  values?: string[];
  multi?: boolean;
}
export interface Board {
  title: Name;
  description?: Name;
  tags?: string[];
  range?: string;
  refresh_secs?: number;
  variables?: Variable[];
  panels: Panel[];
}

export const KINDS: PanelKind[] = ["time_series", "stat", "gauge", "table", "text"];
export const COLUMNS = 24;

export class BoardError extends Error {}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Null is what the server sends for what was never said. */
export function bare<T>(value: T): T {
  if (Array.isArray(value)) return value.map(bare) as T;
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && each !== undefined)
      .map(([key, each]) => [key, bare(each)]),
  ) as T;
}

/** Reads YAML or JSON. What is missing for the shape is told; what else may be wrong, the server says. */
export function readBoard(text: string): Board {
  const value: unknown = parse(text);
  if (!isRecord(value)) throw new BoardError("a board is a mapping with title and panels");
  if (typeof value.title !== "string" && !isRecord(value.title)) throw new BoardError("title: is missing");
  if (!Array.isArray(value.panels)) throw new BoardError("panels: is missing");
  for (const [index, panel] of value.panels.entries()) {
    if (!isRecord(panel)) throw new BoardError(`panels[${index}]: a mapping is expected`);
    if (!KINDS.includes(panel.kind as PanelKind))
      throw new BoardError(`panels[${index}].kind: one of ${KINDS.join(", ")}`);
    const at = panel.at;
    if (!isRecord(at) || !["x", "y", "w", "h"].every((key) => Number.isInteger(at[key])))
      throw new BoardError(`panels[${index}].at: x, y, w and h are whole numbers`);
    panel.id ??= `panel-${index + 1}`;
  }
  return bare(value) as unknown as Board;
}

export const writeBoard = (board: Board): string => stringify(bare(board), { lineWidth: 120 });

/** `Web shop 1` → `web-shop-1`: a part of an address. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}

/** An id that no panel has. */
export function freshId(panels: Panel[]): string {
  for (let n = panels.length + 1; ; n += 1) {
    const id = `panel-${n}`;
    if (!panels.some((panel) => panel.id === id)) return id;
  }
}
