import type { Page } from "./types";

/** Rows of an answer that is a page, whichever of both forms a server version sends. */
export function rowsOf<T>(answer: Page<T> | T[]): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}
