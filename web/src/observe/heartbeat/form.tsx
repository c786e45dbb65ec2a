import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, InputNumber, Segmented, Select } from "antd";
import { useState } from "react";
import type { Heartbeat, HeartbeatDraft, HeartbeatTimes } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { serviceQueries } from "@/manage/service/api";
import { heartbeatActs } from "./api";
import { Coming } from "./coming";

const SEVERITIES = ["critical", "warning", "info"] as const;

/** A heartbeat is declared or changed. `of` = the one that is changed; `made` is told the address of a new one. */
export default function HeartbeatForm({
  open,
  close,
  of,
  made,
}: {
  open: boolean;
  close: () => void;
  of?: Heartbeat;
  made?: (url: string, cron: string | null) => void;
}) {
  const { t } = useText();
  return (
    <Drawer open={open} close={close} size={520} title={t(of ? "heartbeat.change" : "heartbeat.make")}>
      <Form close={close} of={of} made={made} />
    </Drawer>
  );
}

function Form({
  close,
  of,
  made,
}: {
  close: () => void;
  of?: Heartbeat;
  made?: (url: string, cron: string | null) => void;
}) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const services = useQuery(serviceQueries.all());
  const [name, setName] = useState(of?.name ?? "");
  const [service, setService] = useState<string | undefined>(of?.service_id);
  const [byClock, setByClock] = useState(of?.cron != null);
  const [every, setEvery] = useState(of?.every_secs ?? 300);
  const [cron, setCron] = useState(of?.cron ?? "30 2 * * *");
  const [zone, setZone] = useState(of?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [grace, setGrace] = useState(of?.grace_secs ?? 300);
  const [limit, setLimit] = useState<number | null>(of?.run_limit_secs ?? null);
  const [severity, setSeverity] = useState<HeartbeatDraft["severity"]>(
    SEVERITIES.find((each) => each === of?.severity) ?? "critical",
  );
  const times: HeartbeatTimes = byClock ? { cron, zone } : { every_secs: every };
  const save = useMutation({
    mutationFn: async () => {
      const draft = {
        name: name.trim(),
        service_id: service ?? "",
        grace_secs: grace,
        run_limit_secs: limit,
        severity,
        ...times,
      };
      if (of) await heartbeatActs.change(of.id, of.version, draft);
      else made?.((await heartbeatActs.create(draft)).url, byClock ? cron : null);
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["heartbeat"] });
      close();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {save.isError && <FailureNote error={save.error} />}
      <div className="field">
        <label htmlFor="heartbeat-name">{t("heartbeat.name")}</label>
        <Input
          id="heartbeat-name"
          autoFocus
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
          placeholder="nightly-backup"
        />
      </div>
      <div className="field">
        <label htmlFor="heartbeat-service">{t("heartbeat.service")}</label>
        <Select
          id="heartbeat-service"
          style={{ width: "100%" }}
          value={service}
          onChange={setService}
          showSearch={{ optionFilterProp: "label" }}
          options={services.data?.map((each) => ({ value: each.id, label: nameIn(language, each.display) }))}
        />
        <p className="help">{t("heartbeat.serviceHelp")}</p>
      </div>
      <div className="field">
        <span className="label">{t("heartbeat.schedule")}</span>
        <Segmented
          value={byClock ? "cron" : "every"}
          aria-label={t("heartbeat.schedule")}
          onChange={(value) => setByClock(value === "cron")}
          options={[
            { value: "every", label: t("heartbeat.bySpan") },
            { value: "cron", label: t("heartbeat.byClock") },
          ]}
        />
      </div>
      {byClock ? (
        <div className="field">
          <label htmlFor="heartbeat-cron">{t("heartbeat.cron")}</label>
          <div className="row-wrap">
            <Input
              id="heartbeat-cron"
              className="mono"
              style={{ flex: 1, minWidth: 150 }}
              value={cron}
              maxLength={200}
              onChange={(event) => setCron(event.target.value)}
            />
            <Input
              aria-label={t("heartbeat.zone")}
              style={{ width: 180 }}
              value={zone}
              maxLength={100}
              onChange={(event) => setZone(event.target.value)}
            />
          </div>
          <p className="help">{t("heartbeat.cronHelp")}</p>
        </div>
      ) : (
        <Secs
          id="heartbeat-every"
          label={t("heartbeat.everyLabel")}
          value={every}
          set={(value) => setEvery(value ?? 0)}
        />
      )}
      <Coming times={times} />
      <Secs
        id="heartbeat-grace"
        label={t("heartbeat.grace")}
        help={t("heartbeat.graceHelp")}
        value={grace}
        set={(value) => setGrace(value ?? 0)}
      />
      <Secs
        id="heartbeat-limit"
        label={t("heartbeat.limit")}
        help={t("heartbeat.limitHelp")}
        value={limit}
        set={setLimit}
      />
      <div className="field">
        <span className="label">{t("heartbeat.severity")}</span>
        <Segmented
          value={severity}
          aria-label={t("heartbeat.severity")}
          onChange={setSeverity}
          options={SEVERITIES.map((each) => ({ value: each, label: t(`probe.severityOf.${each}`) }))}
        />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!name.trim() || !service}>
          {t(of ? "heartbeat.save" : "heartbeat.submit")}
        </Button>
      </div>
    </form>
  );
}

function Secs({
  id,
  label,
  help,
  value,
  set,
}: {
  id: string;
  label: string;
  help?: string;
  value: number | null;
  set: (value: number | null) => void;
}) {
  const { t } = useText();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <InputNumber
        id={id}
        min={1}
        max={31_622_400}
        precision={0}
        value={value}
        onChange={set}
        suffix={t("heartbeat.secs")}
        style={{ width: 180 }}
      />
      {help && <p className="help">{help}</p>}
    </div>
  );
}
