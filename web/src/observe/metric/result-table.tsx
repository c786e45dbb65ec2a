// What an instant answer holds, a row a series.
import { useState } from "react";
import { useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { shortInstant } from "@/kit/format";
import { LabelSet } from "./label-set";
import type { InstantResult, Labels } from "./prom";

const ROWS_AT_FIRST = 200;

interface Row {
  labels: Labels;
  value: string;
  number: number;
}

function rowsOf(result: InstantResult): Row[] {
  switch (result.resultType) {
    case "vector":
      return result.result.map((each) => {
        const histogram = each.histogram?.[1];
        const value = each.value?.[1] ?? (histogram ? `count ${histogram.count}, sum ${histogram.sum}` : "");
        return { labels: each.metric, value, number: Number(each.value?.[1] ?? histogram?.count) };
      });
    case "matrix":
      return result.result.map((each) => ({
        labels: each.metric,
        value: (each.values ?? [])
          .map(([at, value]) => `${value} @ ${shortInstant(at * 1000, undefined, true)}`)
          .join("\n"),
        number: each.values?.length ?? 0,
      }));
    default:
      return [{ labels: {}, value: result.result[1], number: Number(result.result[1]) }];
  }
}

export function ResultTable({
  letter,
  result,
  format,
}: {
  letter: string;
  result: InstantResult;
  format: (value: number) => string;
}) {
  const { t } = useText();
  const [down, setDown] = useState<boolean | null>(null);
  const [all, setAll] = useState(false);
  const rows = rowsOf(result);
  if (rows.length === 0) return <Empty compact title={t("metric.nothing.title")} text={t("metric.nothing.text")} />;
  if (down !== null) rows.sort((a, b) => (down ? b.number - a.number : a.number - b.number));
  const visible = all ? rows : rows.slice(0, ROWS_AT_FIRST);
  const raw = result.resultType === "matrix" || result.resultType === "string";
  return (
    <div className="table-wrap">
      <table className="table" aria-label={t("metric.table.of", { letter })}>
        <thead>
          <tr>
            <th scope="col">
              {letter} · {t("metric.table.series", { count: rows.length })}
            </th>
            <th scope="col" className="num" aria-sort={down === null ? undefined : down ? "descending" : "ascending"}>
              <button type="button" className="sort" onClick={() => setDown(down === null ? true : !down)}>
                {t("metric.table.value")}
                {down !== null && <span aria-hidden="true">{down ? " ↓" : " ↑"}</span>}
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {visible.map((row, index) => (
            <tr key={index}>
              <td>
                <LabelSet labels={row.labels} />
              </td>
              <td className="num mono" style={{ whiteSpace: "pre" }} title={row.value}>
                {raw || !Number.isFinite(row.number) || row.value.startsWith("count") ? row.value : format(row.number)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > visible.length && (
        <button type="button" className="link-button more" onClick={() => setAll(true)}>
          {t("metric.legend.all", { n: rows.length })}
        </button>
      )}
    </div>
  );
}
