// How often a rule fired, how much of that was noise, and each alert with its incident.
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Link } from "react-router";
import type { RuleHistory } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { instant, ratio, shortInstant, span } from "@/kit/format";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { IncidentRef } from "@/manage/incident/refs";
import { LabelSet } from "@/observe/metric/label-set";
import { path } from "@/path";
import { ruleQueries } from "./api";
import { isNoisy } from "./noise";

/** One line on a rule: how often in 7 days, for how long, how much healed by itself; opens its alerts. */
export function HistoryLine({ history, heal, open }: { history: RuleHistory; heal: number; open: () => void }) {
  const { t, language } = useText();
  const { week, month } = history;
  return (
    <p className="rule-history">
      {isNoisy(history) && <Status tone="attention" word={t("rule.history.noisy")} pill />}
      <span className="muted">
        {month.fired === 0
          ? t("rule.history.never")
          : [
              t("rule.history.week", { n: week.fired, span: span(week.firing_secs, language) }),
              week.healed > 0 &&
                t("rule.history.healed", {
                  n: week.healed,
                  share: ratio(week.healed / week.fired, 0),
                  span: span(heal, language),
                }),
              t("rule.history.month", { n: month.fired }),
            ]
              .filter(Boolean)
              .join(" · ")}
        {history.last_at && (
          <>
            {" · "}
            {t("rule.history.last")} <Ago at={history.last_at} />
          </>
        )}
      </span>
      <button
        type="button"
        className="link-button"
        onClick={open}
        aria-label={t("rule.history.of", { name: history.alert })}
      >
        <History size={13} aria-hidden /> {t("rule.history.title")}
      </button>
    </p>
  );
}

export function HistoryDrawer({ history, close }: { history: RuleHistory | null; close: () => void }) {
  const { t } = useText();
  return (
    <Drawer
      open={history !== null}
      close={close}
      size={820}
      title={history ? t("rule.history.of", { name: history.alert }) : ""}
    >
      {history && <Body id={history.id} />}
    </Drawer>
  );
}

function Body({ id }: { id: string }) {
  const { t, language } = useText();
  const firings = useQuery(ruleQueries.firings(id));
  return (
    <Answer of={firings} bones={<TableBones rows={6} />}>
      {(data) => (
        <div className="stack">
          <dl className="facts">
            {(["week", "month"] as const).map((part) => (
              <div key={part} className="rule-tally">
                <dt>{t(`rule.history.in.${part}`)}</dt>
                <dd>
                  {t("rule.history.tally", {
                    n: data[part].fired,
                    span: span(data[part].firing_secs, language),
                    healed: data[part].healed,
                  })}
                </dd>
              </div>
            ))}
          </dl>
          {data.firings.length === 0 ? (
            <Empty compact title={t("rule.history.never")} text={t("rule.history.told")} />
          ) : (
            <div className="table-wrap">
              <table className="table" aria-label={t("rule.history.title")}>
                <thead>
                  <tr>
                    <th scope="col">{t("rule.history.fired")}</th>
                    <th scope="col" className="num">
                      {t("rule.history.lasted")}
                    </th>
                    <th scope="col">{t("rule.history.end")}</th>
                    <th scope="col" className="wide-only">
                      {t("rule.alerts.labels")}
                    </th>
                    <th scope="col">{t("rule.history.incident")}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.firings.map((firing) => (
                    <tr key={firing.alert_id}>
                      <td title={instant(firing.fired_at, language)} style={{ whiteSpace: "nowrap" }}>
                        {shortInstant(firing.fired_at, undefined, true)}
                      </td>
                      <td className="num">{span(firing.lasted_secs, language)}</td>
                      <td>
                        {firing.over_at === null ? (
                          <Status tone="bad" word={t("rule.standing.firing")} />
                        ) : (
                          <Status
                            tone={firing.healed ? "unknown" : firing.reason === "recovered" ? "good" : "attention"}
                            word={
                              firing.healed
                                ? t("rule.history.self")
                                : textOf(t, "rule.history.reason", firing.reason ?? "")
                            }
                          />
                        )}
                      </td>
                      <td className="wide-only">
                        <LabelSet labels={firing.labels} without={["alertname"]} />
                      </td>
                      <td style={{ whiteSpace: "nowrap" }}>
                        {firing.incident ? (
                          <IncidentRef id={firing.incident.id} number={firing.incident.number} />
                        ) : (
                          <span className="faint">—</span>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {data.more && (
            <p className="faint">
              {t("rule.history.more", { n: data.firings.length })}{" "}
              <Link to={path.incidents({ view: "all", q: data.alert })}>{t("rule.history.inIncidents")}</Link>
            </p>
          )}
        </div>
      )}
    </Answer>
  );
}
