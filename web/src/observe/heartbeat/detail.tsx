import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm } from "antd";
import { KeyRound, Pause, Pencil, Play, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { Heartbeat, HeartbeatRun } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones, useProblemText } from "@/kit/answer";
import { instant, span } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status, type Tone } from "@/kit/status";
import { Ago, Lasting } from "@/kit/time";
import { serviceQueries } from "@/manage/service/api";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { AddressShown } from "./address";
import { heartbeatActs, heartbeatQueries } from "./api";
import { Spark } from "./spark";
import { State, schedule } from "./state";

const HeartbeatForm = lazy(() => import("./form"));

export default function HeartbeatDetail() {
  const { id = "" } = useParams();
  const heartbeat = useQuery(heartbeatQueries.one(id));
  return (
    <Answer
      of={heartbeat}
      bones={
        <div className="page">
          <Bone w="30%" h={26} />
          <PanelBones height={280} />
        </div>
      }
    >
      {(data) => <Detail heartbeat={data} />}
    </Answer>
  );
}

function Detail({ heartbeat }: { heartbeat: Heartbeat }) {
  const { t, language } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const services = useQuery(serviceQueries.all());
  const runs = useQuery(heartbeatQueries.runs(heartbeat.id));
  const [changing, setChanging] = useState(false);
  const [url, setUrl] = useState<string | null>(null);
  const rest = {
    onError: (error: unknown) => void message.error(problemText(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["heartbeat"] }),
  };
  const paused = heartbeat.state === "paused";
  const pause = useMutation({
    mutationFn: () => (paused ? heartbeatActs.resume(heartbeat.id) : heartbeatActs.pause(heartbeat.id)),
    ...rest,
  });
  const address = useMutation({
    mutationFn: () => heartbeatActs.address(heartbeat.id),
    onSuccess: (made) => setUrl(made.url),
    ...rest,
  });
  const retire = useMutation({
    mutationFn: () => heartbeatActs.retire(heartbeat.id),
    onSuccess: () => void navigate(path.heartbeats()),
    onError: rest.onError,
  });
  const service = services.data?.find((each) => each.id === heartbeat.service_id);
  const write = may("probe.write");
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.heartbeats(), label: t("heartbeat.title") }}
        title={heartbeat.name}
        sub={
          <span className="row-wrap">
            <State heartbeat={heartbeat} pill />
            {heartbeat.flapping && <Status tone="attention" word={t("probe.flapping")} pill />}
            {heartbeat.trouble && <span className="is-bad">{textOf(t, "heartbeat.trouble", heartbeat.trouble)}</span>}
            <span>
              {t("heartbeat.since")} <Lasting since={heartbeat.since} />
            </span>
          </span>
        }
        actions={
          <>
            <ActionButton icon={<Pencil size={15} />} reason={write} onClick={() => setChanging(true)}>
              {t("heartbeat.change")}
            </ActionButton>
            <ActionButton
              icon={paused ? <Play size={15} /> : <Pause size={15} />}
              loading={pause.isPending}
              reason={write}
              onClick={() => pause.mutate()}
            >
              {t(paused ? "heartbeat.resume" : "heartbeat.pause")}
            </ActionButton>
            <Popconfirm
              title={t("heartbeat.newAddressText")}
              disabled={Boolean(write) || !heartbeat.has_address}
              onConfirm={() => address.mutate()}
            >
              <ActionButton
                icon={<KeyRound size={15} />}
                loading={address.isPending}
                reason={write}
                onClick={heartbeat.has_address ? undefined : () => address.mutate()}
              >
                {t("heartbeat.newAddress")}
              </ActionButton>
            </Popconfirm>
            {!write && (
              <Popconfirm title={t("heartbeat.retireText")} onConfirm={() => retire.mutate()}>
                <Button
                  danger
                  icon={<Trash2 size={15} />}
                  loading={retire.isPending}
                  aria-label={t("heartbeat.retire")}
                />
              </Popconfirm>
            )}
          </>
        }
      />
      <div className="two-columns">
        <Panel title={t("heartbeat.runs")} hint={<Spark runs={heartbeat.runs} />} flush>
          <Answer of={runs} bones={<PanelBones height={200} />}>
            {(all) =>
              all.length === 0 ? (
                <Empty
                  compact
                  title={t("heartbeat.noRuns")}
                  text={t(heartbeat.has_address ? "heartbeat.noRunsText" : "heartbeat.noAddress")}
                />
              ) : (
                <ul className="run-list">
                  {all.map((run) => (
                    <RunShown key={run.number} run={run} />
                  ))}
                </ul>
              )
            }
          </Answer>
        </Panel>
        <Panel title={t("heartbeat.rule")}>
          <dl className="facts">
            <dt>{t("heartbeat.column.service")}</dt>
            <dd>
              <ServiceRef id={heartbeat.service_id} display={nameIn(language, service?.display)} />
            </dd>
            <dt>{t("heartbeat.schedule")}</dt>
            <dd>{schedule(heartbeat, t, language)}</dd>
            <dt>{t("heartbeat.grace")}</dt>
            <dd>{span(heartbeat.grace_secs, language)}</dd>
            <dt>{t("heartbeat.limit")}</dt>
            <dd>{span(heartbeat.run_limit_secs ?? heartbeat.grace_secs, language)}</dd>
            <dt>{t("heartbeat.severity")}</dt>
            <dd>{textOf(t, "probe.severityOf", heartbeat.severity)}</dd>
            <dt>{t("heartbeat.column.last")}</dt>
            <dd>{heartbeat.last_at ? instant(heartbeat.last_at, language) : "—"}</dd>
            <dt>{t("heartbeat.column.due")}</dt>
            <dd>{heartbeat.due_at ? instant(heartbeat.due_at, language) : "—"}</dd>
            <dt>{t("heartbeat.deadline")}</dt>
            <dd>{heartbeat.deadline_at ? instant(heartbeat.deadline_at, language) : "—"}</dd>
          </dl>
        </Panel>
      </div>
      <Suspense>{changing && <HeartbeatForm open close={() => setChanging(false)} of={heartbeat} />}</Suspense>
      <AddressShown url={url} cron={heartbeat.cron} close={() => setUrl(null)} />
    </div>
  );
}

const TONES: Record<string, Tone> = { good: "good", failed: "bad", unfinished: "bad", running: "active" };

function RunShown({ run }: { run: HeartbeatRun }) {
  const { t, language } = useText();
  const at = run.ended_at ?? run.began_at;
  return (
    <li>
      <div className="run-head">
        <Status tone={TONES[run.outcome] ?? "unknown"} word={t(`heartbeat.outcome.${run.outcome}`)} />
        {run.exit_code !== null && <span className="mono">{t("heartbeat.exitCode", { code: run.exit_code })}</span>}
        {run.took_secs !== null && <span className="num">{span(run.took_secs, language)}</span>}
        <span className="faint">
          #{run.number} {at && <Ago at={at} />}
        </span>
      </div>
      {run.body && <pre className="mono">{run.body}</pre>}
    </li>
  );
}
