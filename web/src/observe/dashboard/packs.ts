// Boards of ours, shipped with the console: to be read and copied, not to be changed.
import { type Board, readBoard } from "./model";

const files = import.meta.glob<string>("./pack/*.yaml", { eager: true, query: "?raw", import: "default" });

export interface Pack {
  name: string;
  board: Board;
}

/** By name. */
export const PACKS: readonly Pack[] = Object.entries(files)
  .map(([file, text]) => ({ name: (file.split("/").at(-1) ?? "").replace(/\.yaml$/, ""), board: readBoard(text) }))
  .sort((a, b) => a.name.localeCompare(b.name));

/** Names of packs begin with this: what is kept under a name of ours can never hide one. */
export const PACK_PREFIX = "builtin-";
export const packOf = (name: string): Pack | undefined =>
  name.startsWith(PACK_PREFIX) ? PACKS.find((pack) => pack.name === name.slice(PACK_PREFIX.length)) : undefined;
