// Queries that were run here before, newest first: kept in this browser, for this reader.
const KEY = "evenkeel.metric.history";
const MOST = 50;

/** With `expr` first and nothing twice. */
export function remembered(before: string[], exprs: string[]): string[] {
  const fresh = exprs.map((expr) => expr.trim()).filter(Boolean);
  return [...new Set([...fresh, ...before])].slice(0, MOST);
}

export function readHistory(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter((each): each is string => typeof each === "string").slice(0, MOST)
      : [];
  } catch {
    return [];
  }
}

export function remember(exprs: string[]) {
  try {
    localStorage.setItem(KEY, JSON.stringify(remembered(readHistory(), exprs)));
  } catch {
    // A browser that keeps nothing has no history.
  }
}

export const forgetHistory = () => localStorage.removeItem(KEY);
