// What became of the changes of a time. Each figure opens to the changes it counts.
import { useQuery } from "@tanstack/react-query";
import dayjs from "dayjs";
import type { ChangeMedian, ChangeShare, ChangeStatistics } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { number, ratio, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { ReleaseFigures } from "@/manage/release/statistics";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { changeQueries } from "./api";
import { Figure } from "./figure";
import { ChangeRef } from "./refs";

const changeLink = (change: { id: string; number: number }) => <ChangeRef change={change} />;
const PERIODS = ["30", "90", "365"] as const;

export default function StatisticsPage() {
  const { t } = useText();
  const filters = useFilters();
  const session = useSession();
  const days = PERIODS.find((period) => period === filters.get("days")) ?? "30";
  // Whole days: the same question all day long.
  const to = dayjs().startOf("day").add(1, "day");
  const from = to.subtract(Number(days), "day");
  const statistics = useQuery(changeQueries.statistics(from.toISOString(), to.toISOString()));
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.changes(), label: t("change.changes") }}
        title={t("change.statistics.title")}
        sub={t("change.statistics.sub")}
      />
      <KindFilter
        label={t("change.statistics.period")}
        kinds={PERIODS}
        value={days}
        word={(period) => t("change.statistics.days", { n: period })}
        count={() => null}
        set={(value) => filters.set("days", value)}
      />
      <Answer of={statistics} bones={<PanelBones height={300} />}>
        {(found) => <Figures of={found} />}
      </Answer>
      {holds(session, "release.read") && <ReleaseFigures from={from.toISOString()} to={to.toISOString()} />}
    </div>
  );
}

function Figures({ of }: { of: ChangeStatistics }) {
  const { t, language } = useText();
  const share = (figure: ChangeShare) =>
    `${figure.count} / ${figure.n}${figure.share === null ? "" : ` · ${ratio(figure.share, 1)}`}`;
  const median = (figure: ChangeMedian) =>
    figure.median_secs === null ? t("change.statistics.none") : span(figure.median_secs, language);
  return (
    <div className="ticket-grid">
      <Panel title={t("change.statistics.what")} flush>
        <table className="table" aria-label={t("change.statistics.what")}>
          <tbody>
            {(["completed", "cancelled", "unapproved", "unsuccessful"] as const).map((key) => (
              <Figure
                key={key}
                name={t(`change.statistics.${key}`)}
                value={share(of[key])}
                of={of[key].changes}
                link={changeLink}
              />
            ))}
            {of.by_kind.map((row) => (
              <Figure
                key={row.kind}
                name={t(`change.kind.${row.kind}`)}
                value={share(row)}
                of={row.changes}
                link={changeLink}
              />
            ))}
            {of.services.map((row) => (
              <Figure
                key={row.service.id}
                name={nameIn(language, row.service.display)}
                value={share(row)}
                of={row.changes}
                link={changeLink}
              />
            ))}
          </tbody>
        </table>
      </Panel>
      <Panel title="DORA" hint={t("change.statistics.doraHint")} flush>
        <table className="table" aria-label="DORA">
          <tbody>
            <Figure
              name={t("change.statistics.frequency")}
              value={`${number(of.dora.per_day, language, 2)} · n = ${of.dora.deployments.count}`}
              of={of.dora.deployments.changes}
              link={changeLink}
            />
            <Figure
              name={t("change.statistics.leadTime")}
              value={`${median(of.dora.lead_time)} · n = ${of.dora.lead_time.n}`}
              of={of.dora.lead_time.changes}
              link={changeLink}
            />
            <Figure
              name={t("change.statistics.failureRate")}
              value={share(of.dora.change_failure_rate)}
              of={of.dora.change_failure_rate.changes}
              link={changeLink}
            />
            <Figure
              name={t("change.statistics.restore")}
              value={`${median(of.dora.time_to_restore)} · n = ${of.dora.time_to_restore.n}, ${t("change.statistics.unknown", { n: of.dora.time_to_restore.unknown })}`}
              of={of.dora.time_to_restore.changes}
              link={changeLink}
            />
          </tbody>
        </table>
      </Panel>
    </div>
  );
}
