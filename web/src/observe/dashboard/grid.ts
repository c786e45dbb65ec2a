// Where panels lie: moved and resized without ever lying on each other. Pure.
import { COLUMNS, type Panel, type Place } from "./model";

export const overlaps = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Inside the grid, whatever was asked. */
export function inside(place: Place): Place {
  const w = Math.min(COLUMNS, Math.max(2, Math.round(place.w)));
  const h = Math.max(2, Math.round(place.h));
  return { w, h, x: Math.min(COLUMNS - w, Math.max(0, Math.round(place.x))), y: Math.max(0, Math.round(place.y)) };
}

/** Everything as far up as it goes, in reading order; the panel `first` keeps its claim to its place. */
export function settled(panels: Panel[], first?: string): Panel[] {
  const order = [...panels].sort(
    (a, b) =>
      a.at.y - b.at.y || Number(b.id === first) - Number(a.id === first) || a.at.x - b.at.x || a.id.localeCompare(b.id),
  );
  const laid: Panel[] = [];
  for (const panel of order) {
    let y = panel.at.y;
    const free = (at: number) => !laid.some((other) => overlaps(other.at, { ...panel.at, y: at }));
    while (!free(y)) y += 1;
    while (y > 0 && free(y - 1)) y -= 1;
    laid.push({ ...panel, at: { ...panel.at, y } });
  }
  // In the order in which they were given: a moved panel is not another one in the document.
  const byId = new Map(laid.map((panel) => [panel.id, panel]));
  return panels.map((panel) => byId.get(panel.id) ?? panel);
}

/** The panel takes the place; whoever lies there makes room downwards. */
export function placedAt(panels: Panel[], id: string, place: Place): Panel[] {
  const at = inside(place);
  return settled(
    panels.map((panel) => (panel.id === id ? { ...panel, at } : panel)),
    id,
  );
}

/** The row below everything. */
export const bottomOf = (panels: Panel[]): number => Math.max(0, ...panels.map((panel) => panel.at.y + panel.at.h));
