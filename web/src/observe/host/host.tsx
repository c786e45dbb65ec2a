import { queryOptions, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { client, read } from "@/api/client";
import type { Host, HostSeries } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Bone, Empty, PanelBones } from "@/kit/answer";
import { bytes, ratio } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import type { Token } from "@/kit/tokens";
import { busyOf, sumOf, usedOf } from "./lines";
import "./host.css";

const TimeChart = lazy(() => import("@/kit/chart"));
const MINUTES = 30;

const now = () =>
  queryOptions({ queryKey: ["host", "now"], queryFn: () => read(client.GET("/api/v1/host")), refetchInterval: 5000 });
const series = (metric: string) =>
  queryOptions({
    queryKey: ["host", "series", metric],
    queryFn: async () => {
      const to = new Date();
      const from = new Date(to.getTime() - MINUTES * 60_000);
      const query = { metric, from: from.toISOString(), to: to.toISOString(), points: 240 };
      return (await read(client.GET("/api/v1/host/series", { params: { query } }))).series;
    },
    refetchInterval: 10_000,
  });

/** The machine this server runs on, read from /proc: the first thing a newcomer sees watched for real. */
export default function HostPage() {
  const { t } = useText();
  const host = useQuery(now());
  return (
    <div className="page">
      <PageHead
        title={t("host.title")}
        sub={t("host.sub")}
        actions={
          host.data && (
            <span className="faint">
              {t("host.measured")} <Ago at={host.data.at} />
            </span>
          )
        }
      />
      <Answer of={host} bones={<PanelBones height={120} />}>
        {(data) => <Now host={data} />}
      </Answer>
      <div className="host-charts">
        <Chart
          metric="node_cpu_seconds_total"
          points={busyOf}
          label={t("host.cpu")}
          color="locate"
          max={1}
          format={(v) => ratio(v, 0)}
        />
        <Chart
          metric="node_memory_MemAvailable_bytes"
          points={(lines) => usedOf(lines, host.data?.memory_total_bytes ?? 0)}
          label={t("host.memory")}
          color="detect"
          max={host.data?.memory_total_bytes}
          binary
          format={bytes}
        />
        <Chart metric="node_load1" points={sumOf} label={t("host.load")} color="restore" format={(v) => v.toFixed(2)} />
        <Chart
          metric="node_network_receive_bytes_total"
          second="node_network_transmit_bytes_total"
          points={sumOf}
          label={t("host.receive")}
          secondLabel={t("host.transmit")}
          color="accent"
          binary
          format={(v) => `${bytes(v)}/s`}
          title={t("host.network")}
        />
      </div>
      <Answer of={host} bones={<PanelBones height={180} />}>
        {(data) => <Disks host={data} />}
      </Answer>
    </div>
  );
}

function Meter({ share, label }: { share: number | null; label: string }) {
  const tone = share === null ? "unknown" : share > 0.92 ? "bad" : share > 0.8 ? "attention" : "good";
  return (
    // biome-ignore lint/a11y/useSemanticElements: the native meter cannot be drawn in our colours
    <div
      className={`meter is-${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
    >
      <i style={{ width: `${Math.min(100, (share ?? 0) * 100)}%` }} />
    </div>
  );
}

function Now({ host }: { host: Host }) {
  const { t } = useText();
  const memory =
    host.memory_total_bytes && host.memory_used_bytes !== null
      ? host.memory_used_bytes / host.memory_total_bytes
      : null;
  const fullest = [...host.disks].sort((a, b) => b.used_bytes / b.total_bytes - a.used_bytes / a.total_bytes)[0];
  const sum = (key: "receive_bytes_per_sec" | "transmit_bytes_per_sec") =>
    host.network.reduce((total, device) => total + (device[key] ?? 0), 0);
  return (
    <div className="host-now">
      <div className="panel">
        <small>{t("host.cpu")}</small>
        <b>{host.cpu_ratio === null ? "—" : ratio(host.cpu_ratio, 0)}</b>
        <Meter share={host.cpu_ratio} label={t("host.cpu")} />
      </div>
      <div className="panel">
        <small>{t("host.memory")}</small>
        <b>{memory === null ? "—" : ratio(memory, 0)}</b>
        <Meter share={memory} label={t("host.memory")} />
        <small>
          {host.memory_used_bytes !== null &&
            host.memory_total_bytes !== null &&
            `${bytes(host.memory_used_bytes)} / ${bytes(host.memory_total_bytes)}`}
        </small>
      </div>
      <div className="panel">
        <small>{t("host.fullest")}</small>
        <b>{fullest ? ratio(fullest.used_bytes / fullest.total_bytes, 0) : "—"}</b>
        <Meter share={fullest ? fullest.used_bytes / fullest.total_bytes : null} label={t("host.fullest")} />
        <small className="mono">{fullest?.mount}</small>
      </div>
      <div className="panel">
        <small>{t("host.load")}</small>
        <b>{host.load1 === null ? "—" : host.load1.toFixed(2)}</b>
      </div>
      <div className="panel">
        <small>{t("host.network")}</small>
        <b className="small">↓ {bytes(sum("receive_bytes_per_sec"))}/s</b>
        <b className="small">↑ {bytes(sum("transmit_bytes_per_sec"))}/s</b>
      </div>
    </div>
  );
}

function Chart({
  points,
  binary,
  metric,
  label,
  color,
  format,
  max,
  second,
  secondLabel,
  title,
}: {
  points: (lines: HostSeries["series"]) => (number | null)[][];
  binary?: boolean;
  metric: string;
  label: string;
  color: Token;
  format: (value: number) => string;
  max?: number;
  second?: string;
  secondLabel?: string;
  title?: string;
}) {
  const { t } = useText();
  const data = useQuery(series(metric));
  const other = useQuery({ ...series(second ?? metric), enabled: second !== undefined });
  return (
    <Panel title={title ?? label} hint={t("host.lastMinutes", { n: MINUTES })}>
      <Answer of={data} bones={<Bone h={182} />}>
        {(answer) =>
          answer.length === 0 ? (
            <Empty compact title={t("host.noSamples")} />
          ) : (
            <Suspense fallback={<Bone h={182} />}>
              <TimeChart
                label={title ?? label}
                height={160}
                binary={binary}
                minutes={MINUTES}
                max={max}
                format={format}
                lines={[
                  { label, color, points: points(answer) },
                  ...(second && other.data
                    ? [{ label: secondLabel ?? second, color: "detect" as Token, points: points(other.data) }]
                    : []),
                ]}
              />
            </Suspense>
          )
        }
      </Answer>
    </Panel>
  );
}

function Disks({ host }: { host: Host }) {
  const { t } = useText();
  return (
    <Panel title={t("host.disks")} flush>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th>{t("host.mount")}</th>
              <th style={{ width: "40%" }}>{t("host.usedShare")}</th>
              <th className="num">{t("host.used")}</th>
              <th className="num">{t("host.total")}</th>
            </tr>
          </thead>
          <tbody>
            {host.disks.map((disk) => (
              <tr key={disk.mount}>
                <td className="mono">{disk.mount}</td>
                <td>
                  <div className="row">
                    <Meter share={disk.used_bytes / disk.total_bytes} label={`${t("host.usedShare")} ${disk.mount}`} />
                    <span className="num" style={{ width: 44 }}>
                      {ratio(disk.used_bytes / disk.total_bytes, 0)}
                    </span>
                  </div>
                </td>
                <td className="num">{bytes(disk.used_bytes)}</td>
                <td className="num">{bytes(disk.total_bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
