// Where the fishbone's parts are drawn: the head at the right, bones in turn above and below the spine, causes along them.
import type { ReviewFactor } from "@/api/types";

export interface Rib {
  name: string;
  /** Whether anything hangs on it. */
  bears: boolean;
  from: { x: number; y: number };
  to: { x: number; y: number };
  /** Where its name stands. */
  label: { x: number; y: number };
  causes: { id: string; x: number; y: number; primary: boolean }[];
}
export interface Fish {
  width: number;
  height: number;
  spine: number;
  ribs: Rib[];
}

const LINE = 18;
const WIDTH = 760;
/** Names of neighbouring bones stand at two heights, so that long ones do not lie on each other. */
const STAGGER = 16;
const HEAD = 20;

/** All bones of the vocabulary in its order, then those that it has no more but a factor names. */
export function fishbone(bones: readonly string[], factors: readonly ReviewFactor[]): Fish {
  const gone = factors.map((factor) => factor.bone.name).filter((name) => !bones.includes(name));
  const names = [...bones, ...new Set(gone)];
  const on = (name: string) => factors.filter((factor) => factor.bone.name === name);
  const most = Math.max(1, ...names.map((name) => on(name).length));
  const reach = 34 + most * LINE;
  const spine = reach + 22 + STAGGER;
  const columns = Math.max(1, Math.ceil(names.length / 2));
  const step = (WIDTH - HEAD - 20) / columns;
  const ribs = names.map((name, place): Rib => {
    const above = place % 2 === 0;
    const foot = 20 + step * (Math.floor(place / 2) + 1) - 6;
    const away = above ? -1 : 1;
    const to = { x: foot - 36, y: spine + away * reach };
    const mine = on(name);
    const higher = Math.floor(place / 2) % 2 ? STAGGER : 0;
    return {
      name,
      bears: mine.length > 0,
      from: { x: foot, y: spine },
      to,
      label: { x: to.x, y: to.y + (above ? -8 - higher : 16 + higher) },
      causes: mine.map((factor, at) => {
        const y = spine + away * (22 + at * LINE);
        return { id: factor.id, primary: factor.primary, x: foot - 36 * (Math.abs(y - spine) / reach) - 6, y: y + 4 };
      }),
    };
  });
  return { width: WIDTH, height: spine * 2, spine, ribs };
}

/** So much of a name as fits beside a bone; a Chinese character takes two places. The table has the whole. */
export function brief(name: string, places = 20): string {
  let left = places;
  for (const [at, letter] of [...name].entries()) {
    left -= letter > "\u2e7f" ? 2 : 1;
    if (left < 0) return `${[...name].slice(0, at).join("").trimEnd()}…`;
  }
  return name;
}
