// The phases of one look, in the order they happen. Pure.
import type { Look } from "@/api/types";

const ORDER = ["resolve", "connect", "tls", "processing", "transfer"];

export function phasesOf(look: Look): { name: string; ms: number }[] {
  const given = look.phases ?? [];
  const list = Array.isArray(given) ? given : Object.entries(given).map(([name, ms]) => ({ name, ms }));
  const rank = (name: string) => {
    const at = ORDER.indexOf(name);
    return at === -1 ? ORDER.length : at;
  };
  return list.filter((phase) => phase.ms > 0).sort((a, b) => rank(a.name) - rank(b.name));
}
