// The lines by name with their least, greatest, mean and last value; a click shows one alone.
import { Input } from "antd";
import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import { useText } from "@/i18n";
import { useAppearance } from "@/kit/theme";
import { colorOf } from "./palette";
import { figuresOf, type Line } from "./plot";

type SortBy = "name" | "min" | "max" | "mean" | "last";
const COLUMNS: Exclude<SortBy, "name">[] = ["last", "min", "mean", "max"];
const ROWS_AT_FIRST = 60;
const SEARCH_FROM = 10;

export function Legend({
  lines,
  shown,
  chosen,
  colors,
  format,
  choose,
  letters = true,
}: {
  lines: Line[];
  shown: ReadonlySet<string>;
  chosen: ReadonlySet<string>;
  colors: ReadonlyMap<string, number>;
  format: (value: number) => string;
  choose: (key: string, add: boolean) => void;
  /** Whether lines say which query they are of. */
  letters?: boolean;
}) {
  const { t } = useText();
  const { scheme } = useAppearance();
  const [by, setBy] = useState<{ column: SortBy; down: boolean } | null>(null);
  const [filter, setFilter] = useState("");
  const [all, setAll] = useState(false);
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    const found = lines
      .filter((line) => line.name.toLowerCase().includes(wanted))
      .map((line) => ({ line, figures: figuresOf(line.values) }));
    if (by) {
      const sign = by.down ? -1 : 1;
      const { column } = by;
      found.sort((a, b) =>
        column === "name"
          ? sign * a.line.name.localeCompare(b.line.name)
          : sign * ((a.figures[column] ?? -Infinity) - (b.figures[column] ?? -Infinity)),
      );
    }
    return found;
  }, [lines, filter, by]);
  const visible = all ? rows : rows.slice(0, ROWS_AT_FIRST);
  const head = (column: SortBy, num: boolean) => (
    <th
      key={column}
      scope="col"
      className={num ? "num" : ""}
      aria-sort={by?.column === column ? (by.down ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        className="sort"
        onClick={() => setBy({ column, down: by?.column === column ? !by.down : num })}
      >
        {t(`metric.legend.${column}`)}
        {by?.column === column && <span aria-hidden="true">{by.down ? " ↓" : " ↑"}</span>}
      </button>
    </th>
  );
  return (
    <div className="legend">
      {lines.length >= SEARCH_FROM && (
        <div className="row legend-head">
          <Input
            allowClear
            size="small"
            prefix={<Search size={13} color="var(--text-3)" />}
            placeholder={t("metric.legend.search")}
            aria-label={t("metric.legend.search")}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            style={{ maxWidth: 280 }}
          />
          <span className="faint">{t("metric.legend.count", { shown: shown.size, all: lines.length })}</span>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <section className="legend-scroll" tabIndex={0} aria-label={t("metric.legend.title")}>
        <table className="legend-table">
          <thead>
            <tr>
              {head("name", false)}
              {COLUMNS.map((column) => head(column, true))}
            </tr>
          </thead>
          <tbody>
            {visible.map(({ line, figures }) => (
              <tr key={line.key} className={shown.has(line.key) ? "" : "hidden-line"}>
                <td>
                  <button
                    type="button"
                    className="legend-name"
                    aria-pressed={chosen.has(line.key)}
                    title={t("metric.legend.isolate")}
                    onClick={(event) => choose(line.key, event.ctrlKey || event.metaKey || event.shiftKey)}
                  >
                    <i
                      className={line.before ? "before" : ""}
                      style={{ background: colorOf(scheme, colors.get(line.key) ?? 0) }}
                    />
                    {letters && <span className="faint">{String.fromCharCode(65 + line.query)}</span>}
                    <span className="mono clip">{line.name}</span>
                    {line.before && <span className="tag">{t("metric.legend.before")}</span>}
                  </button>
                </td>
                {COLUMNS.map((column) => {
                  const value = figures[column];
                  return (
                    <td key={column} className="num">
                      {value === null ? "—" : format(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > visible.length && (
        <button type="button" className="link-button" onClick={() => setAll(true)}>
          {t("metric.legend.all", { n: rows.length })}
        </button>
      )}
    </div>
  );
}
