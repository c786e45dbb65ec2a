import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker, Input } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useNavigate } from "react-router";
import { client, read } from "@/api/client";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { automationQueries, type Template } from "@/manage/automation/api";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { Choose } from "@/shell/choose";
import { useMay } from "@/shell/session";
import { Matrix } from "./act-dialog";

/** A person reports an incident. */
export default function Declare({ open, close, service }: { open: boolean; close: () => void; service?: string }) {
  const { t } = useText();
  return (
    <Dialog open={open} onCancel={close} destroyOnHidden width={520} title={t("incident.declare.title")}>
      <DeclareForm close={close} service={service} />
    </Dialog>
  );
}

function DeclareForm({ close, service }: { close: () => void; service?: string }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const services = useQuery(serviceQueries.all());
  const may = useMay();
  const templates = useQuery({
    ...automationQueries.all("ticket_template"),
    enabled: may("automation.read") === null,
  });
  const [fields, setFields] = useState<Template["fields"]>({});
  const [serviceId, setServiceId] = useState<string | undefined>(service || undefined);
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [levels, setLevels] = useState({ impact: 2, urgency: 2 });
  const [started, setStarted] = useState<Dayjs | null>(null);
  const open = useMutation({
    mutationFn: () =>
      read(
        client.POST("/api/v1/incidents", {
          body: {
            service_id: serviceId ?? "",
            title: title.trim(),
            ...levels,
            started_at: started?.toISOString(),
            text: text.trim() || undefined,
            fields: fields as Record<string, never>,
          },
        }),
      ),
    onSuccess: (incident) => {
      void queries.invalidateQueries({ queryKey: ["incident"] });
      navigate(path.incident(incident.id));
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      {open.isError && <FailureNote error={open.error} />}
      {templates.data && templates.data.length > 0 && (
        <Choose
          label={t("automation.chooseTemplate")}
          value={undefined}
          onChange={(name) => {
            const chosen = templates.data.find((each) => each.name === name)?.definition;
            if (chosen?.kind !== "ticket_template") return;
            setServiceId(services.data?.find((each) => each.name === chosen.service)?.id);
            setTitle(nameIn(language, chosen.subject));
            setText(nameIn(language, chosen.text));
            setLevels({ impact: chosen.impact, urgency: chosen.urgency });
            setFields(chosen.fields ?? {});
          }}
          options={templates.data.map((each) => ({ value: each.name, label: nameIn(language, each.definition.title) }))}
        />
      )}
      <Choose
        autoFocus
        label={t("incident.field.service")}
        value={serviceId}
        onChange={setServiceId}
        options={(services.data ?? []).map((each) => ({ value: each.id, label: nameIn(language, each.display) }))}
      />
      <div className="field">
        <label htmlFor="declare-title">{t("incident.field.title")}</label>
        <Input
          id="declare-title"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          placeholder={t("incident.declare.example")}
          maxLength={300}
        />
      </div>
      <Matrix {...levels} choose={(impact, urgency) => setLevels({ impact, urgency })} />
      <div className="field">
        <label htmlFor="declare-started">{t("incident.field.started")}</label>
        <DatePicker
          id="declare-started"
          showTime
          style={{ width: "100%" }}
          value={started}
          onChange={setStarted}
          disabledDate={(day) => day.isAfter(dayjs())}
        />
        <p className="help">{t("incident.field.startedHelp")}</p>
      </div>
      <div className="field">
        <label htmlFor="declare-text">{t("incident.field.seen")}</label>
        <Input.TextArea id="declare-text" rows={3} value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={open.isPending} disabled={!serviceId || !title.trim()}>
          {t("incident.declare.submit")}
        </Button>
      </div>
    </form>
  );
}
