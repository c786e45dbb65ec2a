/** The query that a metric of this kind is usually asked by: a counter by its rate, a histogram by a quantile. Pure. */
export function suggestionOf(metric: string, selector: string, type: string): string {
  if (/_bucket$/.test(metric)) return `histogram_quantile(0.95, sum by (le) (rate(${selector}[5m])))`;
  if (type === "counter" || /(_total|_count|_sum)$/.test(metric)) return `rate(${selector}[5m])`;
  return selector;
}
