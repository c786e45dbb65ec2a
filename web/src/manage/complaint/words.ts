import type { ComplaintState, GrievanceState, TicketRef } from "@/api/types";
import type { Tone } from "@/kit/status";
import { path } from "@/path";

export const COMPLAINT_TONE: Record<ComplaintState, Tone> = {
  registered: "bad",
  acknowledged: "attention",
  investigating: "active",
  reply_approved: "active",
  replied: "attention",
  accepted: "good",
  learned: "good",
  closed: "unknown",
};

export const GRIEVANCE_TONE: Record<GrievanceState, Tone> = {
  heard: "attention",
  explained: "active",
  settled: "good",
  escalated: "bad",
};

/** CPL-1001. */
export const complaintNumber = (number: number) => `CPL-${number}`;
/** GRV-1001. */
export const grievanceNumber = (number: number) => `GRV-${number}`;

const PREFIX = { incident: "INC", request: "REQ", problem: "PRB" } as const;
/** INC-1001. */
export const ticketNumber = (ticket: TicketRef) => `${PREFIX[ticket.kind]}-${ticket.number}`;

/** Where a ticket is seen: by staff, or in the portal. */
export function ticketPath(ticket: TicketRef, portal = false): string {
  if (ticket.kind === "incident") return path.incident(ticket.id);
  if (ticket.kind === "problem") return path.problem(ticket.id);
  return portal ? path.portalRequest(ticket.id) : path.request(ticket.id);
}
