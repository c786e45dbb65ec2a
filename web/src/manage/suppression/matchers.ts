// Matchers as people write them: service="shop", alertname=~"Disk.*". Pure.
import type { Matcher } from "@/api/types";

const OPS = ["=~", "!~", "!=", "="] as const;

/** The matchers of a text; null when it is not whole yet. */
export function parsed(text: string): Matcher[] | null {
  const found: Matcher[] = [];
  let rest = text.trim().replace(/^\{/, "").replace(/\}$/, "").trim();
  while (rest) {
    const head = /^([^\s=!~,"]+)\s*(=~|!~|!=|=)\s*/.exec(rest);
    if (!head) return null;
    const op = OPS.find((each) => each === head[2]);
    const value = quotedValue(rest.slice(head[0].length));
    if (!op || !value) return null;
    found.push({ name: head[1] ?? "", op, value: value.text });
    rest = value.rest.trim();
    if (!rest) break;
    if (!rest.startsWith(",")) return null;
    rest = rest.slice(1).trim();
  }
  return found.length > 0 ? found : null;
}

function quotedValue(text: string): { text: string; rest: string } | null {
  if (!text.startsWith('"')) {
    const end = text.indexOf(",");
    const word = (end === -1 ? text : text.slice(0, end)).trim();
    return { text: word, rest: end === -1 ? "" : text.slice(end) };
  }
  const whole = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (!whole) return null;
  // Only quotes and backslashes are escaped: a pattern's own \d stays.
  return { text: (whole[1] ?? "").replace(/\\(["\\])/g, "$1"), rest: text.slice(whole[0].length) };
}

/** The text of matchers, as `parsed` reads it. */
export const written = (matchers: Matcher[]): string =>
  matchers.map(({ name, op, value }) => `${name}${op}"${value.replace(/(["\\])/g, "\\$1")}"`).join(", ");
