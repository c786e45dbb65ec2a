// Who carries how much, and who can be reached.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo, useState } from "react";
import type { OnCall } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Bone } from "@/kit/answer";
import { day, number, span } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";
import { onCallQueries } from "./api";
import { addDays } from "./week";

const SPANS = [28, 90, 180] as const;
const TONE: Record<string, Tone> = { proven: "good", unproven: "attention", none: "bad" };

export function Fairness({ row }: { row: OnCall }) {
  const { t, language } = useText();
  const [days, setDays] = useState<number>(28);
  const [from, to] = useMemo(() => {
    const today = new Date();
    today.setHours(0, 0, 0, 0);
    return [addDays(today, -days).toISOString(), today.toISOString()];
  }, [days]);
  const loads = useQuery(onCallQueries.fairness(row.team.id, from, to));
  const reach = useQuery(onCallQueries.reachability());
  return (
    <div className="on-call-part wide">
      <div className="row">
        <b className="grow">{t("onCall.fairness")}</b>
        <Select
          size="small"
          aria-label={t("onCall.fairnessSpan")}
          value={days}
          onChange={setDays}
          options={SPANS.map((value) => ({ value, label: t("onCall.lastDays", { n: value }) }))}
        />
      </div>
      <Answer of={loads} bones={<Bone h={90} />}>
        {(list) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too
          <section className="table-scroll" tabIndex={0} aria-label={t("onCall.fairness")}>
            <table className="fair">
              <thead>
                <tr>
                  <th>{t("onCall.who")}</th>
                  <th>{t("onCall.duty")}</th>
                  <th>{t("onCall.nights")}</th>
                  <th>{t("onCall.weekendDays")}</th>
                  <th>{t("onCall.holidayDays")}</th>
                  <th>{t("onCall.pages")}</th>
                  <th>{t("onCall.reach")}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((load) => {
                  const known = reach.data?.find(
                    (each) => each.person.id === load.person.id && each.team.id === row.team.id,
                  );
                  return (
                    <tr key={load.person.id}>
                      <th scope="row">{nameIn(language, load.person.display)}</th>
                      <td>{span(load.duty_secs, language)}</td>
                      <td>{number(load.nights, language)}</td>
                      <td>{number(load.weekend_days, language)}</td>
                      <td>{number(load.holidays, language)}</td>
                      <td>{number(load.pages, language)}</td>
                      <td>
                        {known && (
                          <span title={known.proven_at ? day(known.proven_at, language) : undefined}>
                            <Status
                              tone={TONE[known.state] ?? "unknown"}
                              word={t(`onCall.reachState.${known.state}`)}
                            />
                          </span>
                        )}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
        )}
      </Answer>
    </div>
  );
}
