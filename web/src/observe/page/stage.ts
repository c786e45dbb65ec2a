// How far a message came. Pure.
export interface Proven {
  state: string;
  queued_at: string;
  release_at?: string | null;
  settled_at?: string | null;
  delivered_at?: string | null;
  read_at?: string | null;
  acknowledged_at?: string | null;
}

/** The furthest stage that is proven, and when. */
export function stageOf(page: Proven): { word: string; at: string } {
  if (page.acknowledged_at) return { word: "acknowledged", at: page.acknowledged_at };
  if (page.read_at) return { word: "read", at: page.read_at };
  if (page.delivered_at) return { word: "arrived", at: page.delivered_at };
  if (page.state === "sent") return { word: "accepted", at: page.settled_at ?? page.queued_at };
  if (page.state === "held") return { word: "held", at: page.release_at ?? page.queued_at };
  return { word: page.state, at: page.settled_at ?? page.queued_at };
}
