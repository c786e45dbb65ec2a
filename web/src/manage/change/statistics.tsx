// What became of the changes of a time. Each figure opens to the changes it counts.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import type { ChangeMedian, ChangeShare, ChangeStatistics } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { number, ratio, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { path } from "@/path";
import { changeQueries } from "./api";
import { ChangeRef } from "./refs";

const PERIODS = ["30", "90", "365"] as const;

export default function StatisticsPage() {
  const { t } = useText();
  const filters = useFilters();
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
              <Figure key={key} name={t(`change.statistics.${key}`)} value={share(of[key])} changes={of[key].changes} />
            ))}
            {of.by_kind.map((row) => (
              <Figure key={row.kind} name={t(`change.kind.${row.kind}`)} value={share(row)} changes={row.changes} />
            ))}
            {of.services.map((row) => (
              <Figure
                key={row.service.id}
                name={nameIn(language, row.service.display)}
                value={share(row)}
                changes={row.changes}
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
              changes={of.dora.deployments.changes}
            />
            <Figure
              name={t("change.statistics.leadTime")}
              value={`${median(of.dora.lead_time)} · n = ${of.dora.lead_time.n}`}
              changes={of.dora.lead_time.changes}
            />
            <Figure
              name={t("change.statistics.failureRate")}
              value={share(of.dora.change_failure_rate)}
              changes={of.dora.change_failure_rate.changes}
            />
            <Figure
              name={t("change.statistics.restore")}
              value={`${median(of.dora.time_to_restore)} · n = ${of.dora.time_to_restore.n}, ${t("change.statistics.unknown", { n: of.dora.time_to_restore.unknown })}`}
              changes={of.dora.time_to_restore.changes}
            />
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

function Figure({ name, value, changes }: { name: string; value: string; changes: { id: string; number: number }[] }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <tr>
      <td>
        {name}
        {open && (
          <p className="row-wrap">
            {changes.map((change) => (
              <ChangeRef key={change.id} change={change} />
            ))}
          </p>
        )}
      </td>
      <td className="num">
        <Button
          type="link"
          size="small"
          aria-expanded={open}
          disabled={changes.length === 0}
          title={t("change.statistics.open")}
          onClick={() => setOpen(!open)}
        >
          {value}
        </Button>
      </td>
    </tr>
  );
}
