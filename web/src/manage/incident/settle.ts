import type { TimelineEntry } from "@/api/types";

/** Pages travel as several events: the queued one carries the proof of the one that settled it. */
export function settle(entries: TimelineEntry[]): (TimelineEntry & { settled?: TimelineEntry })[] {
  const taken = new Set<number>();
  const merged = entries.map((entry) => {
    if (entry.kind !== "page.queued") return entry;
    const settled = entries.find(
      (other) =>
        (other.kind === "page.delivered" || other.kind === "page.failed") &&
        other.seq > entry.seq &&
        !taken.has(other.seq) &&
        other.data.person_id === entry.data.person_id &&
        other.data.channel === entry.data.channel,
    );
    if (!settled) return entry;
    taken.add(settled.seq);
    return { ...entry, settled };
  });
  return merged.filter((entry) => !taken.has(entry.seq));
}
