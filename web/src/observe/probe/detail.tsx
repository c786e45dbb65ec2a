import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Segmented } from "antd";
import { Pause, Pencil, Play, Radar } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import type { Probe, ProbeRun } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones, useProblemText } from "@/kit/answer";
import { instant, millis, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago, Lasting } from "@/kit/time";
import { serviceQueries } from "@/manage/service/api";
import { IntervalStrip } from "@/manage/service/strip";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { probeActs, probeQueries } from "./api";
import { EvidencePanel } from "./evidence";
import { LookView } from "./look";
import "./probe.css";
import { Sightings } from "./vantages";
import { Verdict } from "./verdict";

const TimeChart = lazy(() => import("@/kit/chart"));
const SPANS = { "30m": 30, "3h": 180, "24h": 1440, "7d": 10080 } as const;

export default function ProbeDetail() {
  const { id = "" } = useParams();
  const probe = useQuery(probeQueries.one(id));
  return (
    <Answer
      of={probe}
      bones={
        <div className="page">
          <Bone w="30%" h={26} />
          <PanelBones height={280} />
        </div>
      }
    >
      {(data) => <Detail probe={data} />}
    </Answer>
  );
}

function Detail({ probe }: { probe: Probe }) {
  const { t, language } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [search, setSearch] = useSearchParams();
  const spanKey = (search.get("span") ?? "30m") as keyof typeof SPANS;
  const minutes = SPANS[spanKey] ?? 30;
  const series = useQuery(probeQueries.series(probe.id, minutes));
  const services = useQuery(serviceQueries.all());
  const history = useQuery(serviceQueries.history(probe.service_id, 1));
  const [fresh, setFresh] = useState<ProbeRun | null>(null);
  const after = () => void queries.invalidateQueries({ queryKey: ["probe"] });
  const fail = (error: unknown) => void message.error(problemText(error));
  // The whole of it, as a file says it: a form would lose what it has no field for.
  const edit = useMutation({
    mutationFn: () => probeActs.definition(probe.id),
    onSuccess: ({ text }) => navigate(path.settings("configuration", { text })),
    onError: fail,
  });
  const run = useMutation({
    mutationFn: () => probeActs.run(probe.id),
    onSuccess: setFresh,
    onSettled: after,
    onError: fail,
  });
  const pause = useMutation({
    mutationFn: () => (probe.paused ? probeActs.resume(probe.id) : probeActs.pause(probe.id)),
    onMutate: () => {
      queries.setQueryData<Probe>(["probe", "one", probe.id], { ...probe, paused: !probe.paused });
    },
    onError: (error) => {
      queries.setQueryData<Probe>(["probe", "one", probe.id], probe);
      fail(error);
    },
    onSettled: after,
  });
  const service = services.data?.find((each) => each.id === probe.service_id);
  // What was just looked at by hand is shown with its phases until the schedule has looked again.
  const byHand =
    fresh && (!probe.last || Date.parse(fresh.look.at) >= Date.parse(probe.last.at) - probe.interval_secs * 1000)
      ? fresh
      : null;
  const look = byHand?.look ?? probe.last;
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.probes(), label: t("probe.title") }}
        title={probe.name}
        sub={
          <span className="row-wrap">
            <Verdict probe={probe} pill />
            {probe.flapping && <Status tone="attention" word={t("probe.flapping")} pill />}
            {probe.since && (
              <span>
                {t("probe.since")} <Lasting since={probe.since} />
              </span>
            )}
            <span className="mono">{probe.target}</span>
          </span>
        }
        actions={
          <>
            <ActionButton
              icon={<Radar size={15} />}
              type="primary"
              loading={run.isPending}
              reason={may("probe.write") ?? (probe.paused ? t("probe.pausedReason") : null)}
              onClick={() => run.mutate()}
            >
              {t("probe.run")}
            </ActionButton>
            <ActionButton
              icon={probe.paused ? <Play size={15} /> : <Pause size={15} />}
              loading={pause.isPending}
              reason={may("probe.write")}
              onClick={() => pause.mutate()}
            >
              {t(probe.paused ? "probe.resume" : "probe.pause")}
            </ActionButton>
            <ActionButton
              icon={<Pencil size={14} />}
              loading={edit.isPending}
              reason={may("definition.write")}
              tip={t("probe.editTip")}
              onClick={() => edit.mutate()}
            >
              {t("probe.edit")}
            </ActionButton>
          </>
        }
      />
      <div className="two-columns">
        <div className="stack">
          <Panel
            title={t("probe.latency")}
            actions={
              <Segmented
                size="small"
                value={spanKey}
                onChange={(value) => setSearch(value === "30m" ? {} : { span: value }, { replace: true })}
                options={Object.keys(SPANS) as (keyof typeof SPANS)[]}
              />
            }
          >
            <Answer of={series} bones={<Bone h={222} />}>
              {(data) =>
                data.points.every(([, value]) => value === null) ? (
                  <Empty compact title={t("probe.noSamples")} text={t("probe.noSamplesText")} />
                ) : (
                  <Suspense fallback={<Bone h={222} />}>
                    <TimeChart
                      label={t("probe.latency")}
                      minutes={minutes}
                      lines={[{ label: t("probe.latency"), color: "accent", points: data.points }]}
                      format={(secs) => millis(secs * 1000)}
                    />
                  </Suspense>
                )
              }
            </Answer>
          </Panel>
          <Panel
            title={t("probe.serviceDay")}
            actions={service && <Link to={path.service(service.id)}>{nameIn(language, service.display)} →</Link>}
          >
            <Answer of={history} bones={<Bone h={44} />}>
              {(data) => <IntervalStrip intervals={data.intervals} from={data.from} to={data.to} />}
            </Answer>
          </Panel>
        </div>
        <div className="stack">
          <Panel title={t("probe.lastLook")} hint={look && <Ago at={look.at} />}>
            {look ? (
              <LookView look={look} phases={byHand?.phases ?? []} timeout={probe.timeout_secs} />
            ) : (
              <Empty compact title={t("probe.noLook")} />
            )}
          </Panel>
          {probe.kind === "journey" && <EvidencePanel probe={probe.id} />}
          {probe.vantages.length > 0 && (
            <Panel
              title={t("probe.vantage.title")}
              hint={t("probe.vantage.quorum", { n: probe.quorum, of: probe.vantages.length })}
            >
              <Sightings probe={probe} />
            </Panel>
          )}
          <Panel title={t("probe.rule")}>
            <dl className="facts">
              <dt>{t("probe.column.kind")}</dt>
              <dd>{textOf(t, "probe.kind", probe.kind)}</dd>
              <dt>{t("probe.column.interval")}</dt>
              <dd>
                {t("probe.every", {
                  interval: span(probe.interval_secs, language),
                  timeout: span(probe.timeout_secs, language),
                })}
              </dd>
              <dt>{t("probe.judged")}</dt>
              <dd>{t("probe.judgedText", { failures: probe.failures, successes: probe.successes })}</dd>
              <dt>{t("probe.severity")}</dt>
              <dd>{textOf(t, "probe.severityOf", probe.severity)}</dd>
              <dt>{t("probe.next")}</dt>
              <dd>{probe.next_at && !probe.paused ? instant(probe.next_at, language) : "—"}</dd>
            </dl>
          </Panel>
        </div>
      </div>
    </div>
  );
}
