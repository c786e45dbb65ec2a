// The phases of one look, in the order they happen. Pure.
import type { ProbeRun } from "@/api/types";

const ORDER = [
  "resolve",
  "setup",
  "connect",
  "tls",
  "handshake",
  "greeting",
  "auth",
  "request",
  "processing",
  "answer",
  "rtt",
  "transfer",
];
const rank = (name: string) => {
  const at = ORDER.indexOf(name);
  return at === -1 ? ORDER.length : at;
};

export function inOrder(phases: ProbeRun["phases"]): ProbeRun["phases"] {
  return phases.filter((phase) => phase.duration_ms > 0).sort((a, b) => rank(a.name) - rank(b.name));
}
