// How a ticket is called: its kind and number.
import type { DeskRow } from "@/api/types";

const PREFIX = { incident: "INC", request: "REQ", problem: "PRB", change: "CHG", complaint: "CPL" } as const;

export const tagOf = (row: Pick<DeskRow, "kind" | "number">) => `${PREFIX[row.kind]}-${row.number}`;
