/** `job=api` → the query that counts its series by metric. Pure. */
export function pairQuery(pair: string): string {
  const cut = pair.indexOf("=");
  const [label, value] = [pair.slice(0, cut), pair.slice(cut + 1)];
  return `sort_desc(count by (__name__) ({${label}=${JSON.stringify(value)}}))`;
}
