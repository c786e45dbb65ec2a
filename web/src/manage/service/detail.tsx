import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { Link, useParams, useSearchParams } from "react-router";
import { clockQueries } from "@/analyze/clock/api";
import { ClockChip } from "@/analyze/clock/clock";
import type { Service } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Answer, Bone, Empty, PanelBones } from "@/kit/answer";
import { millis, percent, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Table } from "@/kit/table";
import { Ago, Lasting } from "@/kit/time";
import { agreementQueries } from "@/manage/agreement/api";
import { incidentQueries } from "@/manage/incident/api";
import { IncidentRef, PriorityBadge, StateWord } from "@/manage/incident/refs";
import "@/manage/incident/incident.css";
import { PersonRef } from "@/manage/party/refs";
import { probeQueries } from "@/observe/probe/api";
import { Verdict } from "@/observe/probe/verdict";
import { Budgets } from "@/observe/slo/budgets";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { serviceQueries } from "./api";
import { RecentChanges } from "./changes";
import { overall } from "./days";
import { DayStrip, DaysStrip, StripKeys } from "./strip";
import { sliTone } from "./words";

export default function ServiceDetail() {
  const { id = "" } = useParams();
  const service = useQuery(serviceQueries.one(id));
  return (
    <Answer
      of={service}
      bones={
        <div className="page">
          <Bone w="30%" h={26} />
          <PanelBones height={220} />
          <PanelBones height={220} />
        </div>
      }
    >
      {(data) => <Detail service={data} />}
    </Answer>
  );
}

const SPANS = [30, 90] as const;

function Detail({ service }: { service: Service }) {
  const { t, language } = useText();
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  const days = search.get("days") === "30" ? 30 : 90;
  const states = useQuery(serviceQueries.states());
  const history = useQuery(serviceQueries.history(service.id, days));
  const incidents = useQuery(incidentQueries.list({ service: service.id, sort: "opened", limit: 10 }));
  const seesProbes = holds(session, "probe.read");
  const probes = useQuery({ ...probeQueries.all(), enabled: seesProbes });
  const agreements = useQuery(agreementQueries.all());
  const clocks = useQuery(clockQueries.of((incidents.data?.items ?? []).map((incident) => incident.id)));
  const state = states.data?.get(service.id);
  const own = (probes.data ?? []).filter((probe) => probe.service_id === service.id);
  const promised = (agreements.data ?? []).filter((agreement) =>
    agreement.services.some((each) => each.id === service.id),
  );
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.services(), label: t("service.title") }}
        title={nameIn(language, service.display)}
        sub={
          <span className="row-wrap">
            <Status
              tone={sliTone(state?.state ?? "unknown")}
              word={t(`service.sli.${state?.state ?? "unknown"}`)}
              pill
            />
            {state?.since && (
              <span>
                {t("service.since")} <Lasting since={state.since} />
              </span>
            )}
            <span className="faint mono">{service.name}</span>
          </span>
        }
      />
      <Panel
        title={t("service.strip")}
        actions={
          <Segmented
            size="small"
            value={days}
            onChange={(value) => setSearch(value === 90 ? {} : { days: String(value) }, { replace: true })}
            options={SPANS.map((n) => ({ value: n, label: t("service.days", { n }) }))}
          />
        }
      >
        <Answer of={history} bones={<Bone h={110} />}>
          {(data) => {
            const all = overall(data.days);
            const bad = data.days.reduce((sum, day) => sum + day.bad_secs, 0);
            const unknown = data.days.reduce((sum, day) => sum + day.unknown_secs, 0);
            return (
              <>
                <div className="number-row">
                  <div>
                    <small>{t("service.observed")}</small>
                    <span className="big-number">{all ? percent(all.value, 3) : "—"}</span>
                    {all && unknown > 0 && (
                      <small>{t("service.bounds", { low: percent(all.low, 3), high: percent(all.high, 3) })}</small>
                    )}
                  </div>
                  <div>
                    <small>{t("service.sli.bad")}</small>
                    <span className="big-number">{span(bad, language)}</span>
                  </div>
                  <div>
                    <small>{t("service.sli.unknown")}</small>
                    <span className="big-number">{span(unknown, language)}</span>
                  </div>
                </div>
                <DaysStrip days={data.days} height={46} />
                <div className="row" style={{ justifyContent: "space-between", marginTop: 8 }}>
                  <StripKeys />
                  <span className="faint">{t("service.observedHint")}</span>
                </div>
                <h3 style={{ margin: "18px 0 8px", fontSize: "1rem" }}>{t("service.lastDay")}</h3>
                <DayStrip service={service.id} />
              </>
            );
          }}
        </Answer>
      </Panel>
      <div className="two-columns">
        <div className="stack">
          <Panel
            title={t("service.incidents")}
            flush
            actions={
              <Link to={path.incidents({ view: "all", service: service.id })}>{t("service.allIncidents")} →</Link>
            }
          >
            <Answer
              of={incidents}
              bones={
                <div style={{ padding: 16 }}>
                  <Bone h={80} />
                </div>
              }
            >
              {(page) =>
                page.items.length === 0 ? (
                  <Empty compact title={t("service.noIncidents")} text={t("service.noIncidentsText")} />
                ) : (
                  <Table
                    label={t("service.incidents")}
                    rows={page.items}
                    to={(row) => path.incident(row.id)}
                    columns={[
                      { key: "p", head: "", width: 44, cell: (row) => <PriorityBadge priority={row.priority} /> },
                      {
                        key: "n",
                        head: t("incident.column.number"),
                        width: 90,
                        cell: (row) => <IncidentRef id={row.id} number={row.number} />,
                      },
                      { key: "t", head: t("incident.column.title"), cell: (row) => row.title },
                      {
                        key: "s",
                        head: t("incident.column.state"),
                        wideOnly: true,
                        cell: (row) => <StateWord incident={row} />,
                      },
                      {
                        key: "c",
                        head: t("incident.column.clock"),
                        wideOnly: true,
                        cell: (row) => <ClockChip clocks={clocks.data && (clocks.data.get(row.id) ?? [])} />,
                      },
                      {
                        key: "o",
                        head: t("incident.column.opened"),
                        num: true,
                        cell: (row) => <Ago at={row.opened_at} />,
                      },
                    ]}
                  />
                )
              }
            </Answer>
          </Panel>
          {seesProbes && (
            <Panel title={t("service.probes")} flush>
              {own.length === 0 ? (
                <Empty compact title={t("service.noProbes")} text={t("service.noProbesText")} />
              ) : (
                <Table
                  label={t("service.probes")}
                  rows={own}
                  to={(row) => path.probe(row.id)}
                  columns={[
                    { key: "v", head: t("probe.column.verdict"), width: 120, cell: (row) => <Verdict probe={row} /> },
                    {
                      key: "n",
                      head: t("party.column.name"),
                      cell: (row) => (
                        <Link className="title" to={path.probe(row.id)}>
                          {row.name}
                        </Link>
                      ),
                    },
                    {
                      key: "t",
                      head: t("probe.column.target"),
                      wideOnly: true,
                      cell: (row) => <span className="muted mono clip">{row.target}</span>,
                    },
                    {
                      key: "l",
                      head: t("probe.column.latency"),
                      num: true,
                      cell: (row) => (row.last ? millis(row.last.duration_ms) : "—"),
                    },
                  ]}
                />
              )}
            </Panel>
          )}
        </div>
        <div className="stack">
          <Panel title={t("service.people")}>
            <dl className="facts" style={{ alignItems: "center" }}>
              <dt>{t("service.owner")}</dt>
              <dd className="row">
                {service.owner ? (
                  <PersonRef id={service.owner.id} display={service.owner.display} />
                ) : (
                  <Status tone="attention" word={t("service.noOwner")} />
                )}
              </dd>
              <dt>{t("service.team")}</dt>
              <dd>{nameIn(language, service.team?.display) || "—"}</dd>
              <dt>{t("service.customer")}</dt>
              <dd>{nameIn(language, service.customer?.display) || "—"}</dd>
            </dl>
          </Panel>
          <Panel title={t("service.rules")}>
            <dl className="facts">
              <dt>{t("service.criticality")}</dt>
              <dd>{t(`service.criticalityOf.${service.criticality}`)}</dd>
              <dt>{t("service.rto")}</dt>
              <dd>{service.rto_secs === null ? "—" : span(service.rto_secs, language)}</dd>
              <dt>{t("service.recovery")}</dt>
              <dd>
                {service.verify_secs
                  ? t("service.verify", { secs: span(service.verify_secs, language) })
                  : t("service.verifyAtOnce")}
                {service.auto_resolve !== undefined &&
                  `${language === "zh" ? "；" : "; "}${t(service.auto_resolve ? "service.auto" : "service.byPerson")}`}
              </dd>
            </dl>
          </Panel>
          <Budgets service={service.id} />
          <RecentChanges service={service.id} />
          <Panel title={t("service.agreements")}>
            {promised.length === 0 ? (
              <Empty compact title={t("service.noAgreements")} />
            ) : (
              <ul className="stack" style={{ gap: 12 }}>
                {promised.map((agreement) => (
                  <li key={agreement.id}>
                    <Link to={path.settings("agreements")}>{nameIn(language, agreement.display)}</Link>{" "}
                    <span className="tag">{textOf(t, "agreement.layer", agreement.layer)}</span>
                    <div className="faint" style={{ fontSize: "0.93em" }}>
                      {agreement.availability_target !== null &&
                        t("agreement.availability", { value: percent(agreement.availability_target, 3) })}
                      {agreement.attainment_target !== null &&
                        ` · ${t("agreement.attainment", { value: percent(agreement.attainment_target, 1) })}`}
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
      </div>
    </div>
  );
}
