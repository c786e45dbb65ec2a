// Deployment frequency and lead time by release; each figure opens to the releases it counts.
import { useQuery } from "@tanstack/react-query";
import type { ReleaseMedian, ReleaseShare } from "@/api/types";
import { useText } from "@/i18n";
import { number, ratio, span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Figure } from "@/manage/change/figure";
import { releaseQueries } from "./api";
import { ReleaseRef } from "./refs";

export function ReleaseFigures({ from, to }: { from: string; to: string }) {
  const { t, language } = useText();
  const { data } = useQuery(releaseQueries.statistics(from, to));
  if (!data) return null;
  const share = (figure: ReleaseShare) =>
    `${figure.count} / ${figure.n}${figure.share === null ? "" : ` · ${ratio(figure.share, 1)}`}`;
  const median = (figure: ReleaseMedian) =>
    `${figure.median_secs === null ? t("release.statistics.none") : span(figure.median_secs, language)} · n = ${figure.n}`;
  const rows = [
    {
      key: "frequency",
      value: `${number(data.per_day, language, 2)} · n = ${data.deployments.count}`,
      of: data.deployments.releases,
    },
    { key: "leadTime", value: median(data.lead_time), of: data.lead_time.releases },
    { key: "rolledBack", value: share(data.rolled_back), of: data.rolled_back.releases },
    { key: "timeBack", value: median(data.time_to_roll_back), of: data.time_to_roll_back.releases },
  ];
  return (
    <Panel title={t("release.statistics.title")} hint={t("release.statistics.hint")} flush>
      <table className="table" aria-label={t("release.statistics.title")}>
        <tbody>
          {rows.map((row) => (
            <Figure
              key={row.key}
              name={t(`release.statistics.${row.key}`)}
              value={row.value}
              of={row.of}
              link={(release) => <ReleaseRef release={release} />}
            />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
