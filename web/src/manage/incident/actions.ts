// Which acts an incident's state allows, as the server's state machine has it, so that a button can say why it is off
// before anyone presses it. The server decides; this only explains.
import type { Incident, IncidentState } from "@/api/types";
import type { Permission } from "@/shell/session";
import { isOpen } from "./words";

export type Act =
  | "acknowledge"
  | "assign"
  | "start"
  | "note"
  | "hold"
  | "resume"
  | "locate"
  | "restore"
  | "resolve"
  | "close"
  | "reopen"
  | "cancel"
  | "merge"
  | "split"
  | "priority"
  | "link";

/** A reason code for the catalogue: `incident.refused.<code>`. */
export type Refusal =
  | "not_open"
  | "not_on_hold"
  | "on_hold"
  | "started"
  | "acknowledged"
  | "restored"
  | "not_resolved"
  | "terminal"
  | "not_in_progress";

const TERMINAL: readonly IncidentState[] = ["merged", "cancelled"];

export function refusal(act: Act, incident: Incident): Refusal | null {
  const { state } = incident;
  const open = isOpen(state);
  switch (act) {
    case "note":
    case "link":
      return null;
    case "acknowledge":
      if (!open) return "not_open";
      return incident.acknowledged_at ? "acknowledged" : null;
    case "assign":
    case "priority":
    case "cancel":
    case "merge":
    case "split":
    case "locate":
      return open ? null : "not_open";
    case "start":
      if (!open) return "not_open";
      if (state === "on_hold") return "on_hold";
      if (state === "in_progress") return "started";
      return null;
    case "hold":
      if (!open) return "not_open";
      if (state === "on_hold") return "on_hold";
      return state === "in_progress" ? null : "not_in_progress";
    case "resume":
      return state === "on_hold" ? null : "not_on_hold";
    case "restore":
      if (TERMINAL.includes(state)) return "terminal";
      return incident.restored_at ? "restored" : open ? null : "not_open";
    case "resolve":
      return open ? null : "not_open";
    case "close":
      return state === "resolved" ? null : "not_resolved";
    case "reopen":
      return state === "resolved" || state === "closed" ? null : TERMINAL.includes(state) ? "terminal" : "not_resolved";
  }
}

export const PERMISSION: Record<Act, Permission> = {
  acknowledge: "incident.write",
  assign: "incident.write",
  start: "incident.write",
  note: "incident.note",
  hold: "incident.write",
  resume: "incident.write",
  locate: "incident.write",
  restore: "incident.write",
  resolve: "incident.write",
  close: "incident.write",
  reopen: "incident.write",
  cancel: "incident.write",
  merge: "incident.write",
  split: "incident.write",
  priority: "incident.write",
  link: "incident.write",
};
