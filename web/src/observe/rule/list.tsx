// Rules: which groups are evaluated, which alerts are active since when, which rules fail and why.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import type { RuleHistory } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Empty, TableBones, Trouble } from "@/kit/answer";
import { KindFilter, SearchBox, useFilters } from "@/kit/filter";
import { span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Shape, Status } from "@/kit/status";
import { Ago, Lasting } from "@/kit/time";
import { LabelSet } from "@/observe/metric/label-set";
import { inUnit } from "@/observe/metric/unit";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { type Alert, type Group, type Rule, type Rules, ruleQueries } from "./api";
import { HistoryDrawer, HistoryLine } from "./history";
import { historyOf, isNoisy } from "./noise";
import { isNever, rankOf, standingOf, TONES, worstOf } from "./state";
import "./rule.css";

const FILTERS = ["all", "failing", "firing", "pending", "noisy", "recording"] as const;
type Filter = (typeof FILTERS)[number];
const ALERTS_AT_FIRST = 20;
const EXAMPLE = `groups:
  - name: host
    rules:
      - alert: HostOutOfMemory
        expr: node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.1
        for: 5m
        labels: { severity: critical }
        annotations:
          summary: "{{ $labels.instance }} is short of memory"`;

interface Row {
  group: Group;
  rule: Rule;
  history: RuleHistory | undefined;
}

function passes({ rule, history }: Row, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "recording":
      return rule.type === "recording";
    case "noisy":
      return history !== undefined && isNoisy(history);
    default:
      return standingOf(rule) === filter;
  }
}

export default function RuleList() {
  const { t } = useText();
  const { q, get, set } = useFilters();
  const filter = FILTERS.find((each) => each === get("state")) ?? "all";
  const rules = useQuery(ruleQueries.all());
  // A server without rules yet has no such answer: that is an empty page, not a fault.
  const missing = rules.isError && asProblem(rules.error).status === 404;
  const data: Rules | undefined = rules.data ?? (missing ? { groups: [] } : undefined);
  const histories = useQuery(ruleQueries.histories());
  const [shown, show] = useState<RuleHistory | null>(null);
  const all: Row[] =
    data?.groups.flatMap((group) =>
      group.rules.map((rule) => ({ group, rule, history: historyOf(histories.data?.rules ?? [], group, rule) })),
    ) ?? [];
  return (
    <div className="page">
      <PageHead title={t("rule.title")} sub={t("rule.sub")} />
      {data?.trouble && <Trouble title={t("rule.trouble.title")} text={t("rule.trouble.text")} detail={data.trouble} />}
      <div className="row-wrap">
        <SearchBox label={t("rule.search")} value={q} set={(text) => set("q", text)} />
        <KindFilter
          label={t("rule.state")}
          kinds={FILTERS}
          value={filter}
          word={(kind) => t(`rule.filter.${kind}`)}
          count={(kind) => (data ? all.filter((row) => passes(row, kind)).length : null)}
          set={(kind) => set("state", kind)}
        />
      </div>
      {data ? (
        <Groups
          groups={data.groups}
          rows={all.filter((row) => passes(row, filter) && found(row, q))}
          heal={histories.data?.heal_secs ?? 0}
          show={show}
        />
      ) : (
        <section className="panel">
          <Answer of={rules} bones={<TableBones rows={6} />}>
            {() => null}
          </Answer>
        </section>
      )}
      <HistoryDrawer history={shown} close={() => show(null)} />
    </div>
  );
}

const found = ({ group, rule }: Row, q: string): boolean =>
  matches(`${group.name} ${group.file} ${rule.name} ${rule.query} ${Object.values(rule.labels ?? {}).join(" ")}`, q);

interface Show {
  /** What is over so soon has healed by itself, seconds. */
  heal: number;
  show: (history: RuleHistory) => void;
}

function Groups({ groups, rows, ...rest }: { groups: Group[]; rows: Row[] } & Show) {
  const { t, language } = useText();
  if (groups.length === 0)
    return (
      <section className="panel">
        <Empty title={t("rule.empty.title")} text={t("rule.empty.text")} example={EXAMPLE} />
      </section>
    );
  const shown = groups
    .map((group) => ({ group, rules: rows.filter((row) => row.group === group) }))
    .filter(({ rules }) => rules.length > 0)
    .sort((a, b) => worstOf(a.group) - worstOf(b.group) || a.group.name.localeCompare(b.group.name));
  if (shown.length === 0)
    return (
      <section className="panel">
        <Empty compact title={t("rule.none")} />
      </section>
    );
  return shown.map(({ group, rules }) => (
    <Panel
      key={`${group.file}${group.name}`}
      title={group.name}
      hint={
        <span className="group-hint">
          {group.file && <span className="mono wide-only">{group.file}</span>}
          <span>{t("rule.every", { span: span(group.interval, language) })}</span>
          {!isNever(group.lastEvaluation) && (
            <span>
              <Ago at={group.lastEvaluation} />, {inUnit(group.evaluationTime, "seconds", language)}
            </span>
          )}
        </span>
      }
      flush
    >
      <GroupNotes group={group} />
      <ul className="rules">
        {rules
          .toSorted((a, b) => rankOf(a.rule) - rankOf(b.rule))
          .map((row, index) => (
            <RuleRow key={`${row.rule.name}${index}`} row={row} {...rest} />
          ))}
      </ul>
    </Panel>
  ));
}

function GroupNotes({ group }: { group: Group }) {
  const { t } = useText();
  return (
    <>
      {(group.missed ?? 0) > 0 && (
        <p className="rule-note is-attention">
          <Shape tone="attention" /> {t("rule.missed", { n: group.missed })}
        </p>
      )}
      {(group.unrouted ?? 0) > 0 && (
        <p className="rule-note is-attention">
          <Shape tone="attention" /> {t("rule.unrouted", { n: group.unrouted })}
        </p>
      )}
    </>
  );
}

function RuleRow({ row: { rule, history }, heal, show }: { row: Row } & Show) {
  const { t, language } = useText();
  const standing = standingOf(rule);
  const alerts = rule.alerts ?? [];
  return (
    <li className="rule">
      <div className="rule-head">
        <Status tone={TONES[standing]} word={t(`rule.standing.${standing}`)} pill />
        <b>{rule.name}</b>
        <span className="tag">{t(`rule.type.${rule.type}`)}</span>
        {(rule.duration ?? 0) > 0 && (
          <span className="faint">{t("rule.for", { span: span(rule.duration ?? 0, language) })}</span>
        )}
        {(rule.keepFiringFor ?? 0) > 0 && (
          <span className="faint">{t("rule.keep", { span: span(rule.keepFiringFor ?? 0, language) })}</span>
        )}
        <span className="grow" />
        <span className="faint rule-when">
          {isNever(rule.lastEvaluation) ? (
            t("rule.never")
          ) : (
            <>
              <Ago at={rule.lastEvaluation} />, {inUnit(rule.evaluationTime, "seconds", language)}
            </>
          )}
        </span>
      </div>
      <Link to={path.explorer([rule.query])} className="rule-query mono" title={t("rule.open")}>
        {rule.query}
      </Link>
      {rule.keepQuery && (
        <p className="faint">
          {t("rule.keepQuery")}{" "}
          <Link to={path.explorer([rule.keepQuery])} className="mono">
            {rule.keepQuery}
          </Link>
        </p>
      )}
      {rule.labels && Object.keys(rule.labels).length > 0 && <LabelSet labels={rule.labels} />}
      {rule.annotations?.summary && <p className="muted">{rule.annotations.summary}</p>}
      {rule.lastError && (
        <p className="rule-error is-bad" role="note">
          <Shape tone="bad" />
          <span>
            <b>{t("rule.failed")}</b> <span className="muted">{rule.lastError}</span>
          </span>
        </p>
      )}
      {rule.refused && (
        <p className="rule-error is-attention" role="note">
          <Shape tone="attention" />
          <span>
            <b>{t("rule.refused")}</b> <span className="muted">{rule.refused}</span>
          </span>
        </p>
      )}
      {history && <HistoryLine history={history} heal={heal} open={() => show(history)} />}
      {alerts.length > 0 && <Alerts alerts={alerts} rule={rule} />}
    </li>
  );
}

function Alerts({ alerts, rule }: { alerts: Alert[]; rule: Rule }) {
  const { t, language } = useText();
  const [all, setAll] = useState(false);
  const ordered = alerts.toSorted(
    (a, b) =>
      Number(b.state === "firing") - Number(a.state === "firing") || (a.activeAt ?? "").localeCompare(b.activeAt ?? ""),
  );
  return (
    <div className="table-wrap alerts">
      <table className="table" aria-label={t("rule.alerts.of", { name: rule.name })}>
        <thead>
          <tr>
            <th scope="col">{t("rule.state")}</th>
            <th scope="col">{t("rule.alerts.labels")}</th>
            <th scope="col" className="num">
              {t("rule.alerts.since")}
            </th>
            <th scope="col" className="num">
              {t("rule.alerts.value")}
            </th>
          </tr>
        </thead>
        <tbody>
          {(all ? ordered : ordered.slice(0, ALERTS_AT_FIRST)).map((alert, index) => (
            <tr key={index}>
              <td>
                <Status
                  tone={alert.state === "firing" ? "bad" : "attention"}
                  word={t(`rule.standing.${alert.keepFiringSince ? "kept" : alert.state}`)}
                />
              </td>
              <td>
                <LabelSet labels={alert.labels} without={["alertname"]} />
                {alert.annotations.summary && <p className="muted">{alert.annotations.summary}</p>}
                {(alert.unobservedSeconds ?? 0) > 0 && (
                  <p className="faint">
                    {t("rule.unobserved", { span: span(alert.unobservedSeconds ?? 0, language) })}
                  </p>
                )}
              </td>
              <td className="num">{alert.activeAt ? <Lasting since={alert.activeAt} /> : "—"}</td>
              <td className="num mono">{inUnit(Number(alert.value.replace("Inf", "Infinity")), "", language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && alerts.length > ALERTS_AT_FIRST && (
        <button type="button" className="link-button" onClick={() => setAll(true)}>
          {t("rule.alerts.all", { n: alerts.length })}
        </button>
      )}
    </div>
  );
}
