import type { ArticleState, SearchHit } from "@/api/types";
import type { Tone } from "@/kit/status";
import { path } from "@/path";

export const STATE_TONE: Record<ArticleState, Tone> = {
  draft: "active",
  in_review: "attention",
  published: "good",
  retired: "unknown",
};

export const KINDS = ["how_to", "known_error", "runbook", "manual"] as const;
export const VISIBILITIES = ["internal", "organisations", "customers", "everyone"] as const;

/** KB-1001. */
export const articleNumber = (number: number) => `KB-${number}`;

const PREFIX: Record<SearchHit["kind"], string> = {
  article: "KB",
  incident: "INC",
  request: "REQ",
  problem: "PRB",
  release: "REL",
};
export const hitNumber = (hit: Pick<SearchHit, "kind" | "number">) => `${PREFIX[hit.kind]}-${hit.number}`;

/** Where a hit leads: in the portal to the portal's own pages. */
export function hitPath(hit: Pick<SearchHit, "kind" | "id">, portal = false): string {
  switch (hit.kind) {
    case "article":
      return portal ? path.portalArticle(hit.id, { found: 1 }) : path.article(hit.id);
    case "incident":
      return path.incident(hit.id);
    case "request":
      return portal ? path.portalRequest(hit.id) : path.request(hit.id);
    case "problem":
      return path.problem(hit.id);
    case "release":
      return path.release(hit.id);
  }
}

export const titleOf = (hit: Pick<SearchHit, "title">) => hit.title.map((part) => part.text).join("");
