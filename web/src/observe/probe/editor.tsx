// A new probe: its kind, the kind's own fields, a look at once with what it saw, and then kept.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, InputNumber, Select, Switch } from "antd";
import { Radar } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { serviceQueries } from "@/manage/service/api";
import { matches } from "@/shell/pinyin";
import { probeActs } from "./api";
import { Steps } from "./evidence";
import { type Draft, definitionOf, emptyDraft, FAMILIES, type Field, fieldsOf, missing } from "./form";
import { LookView } from "./look";
import { JourneySteps } from "./steps";

export default function ProbeEditor({ close }: { close: () => void }) {
  const { t } = useText();
  return (
    <Drawer open close={close} size={720} title={t("probe.new")}>
      <Form close={close} />
    </Drawer>
  );
}

function Form({ close }: { close: () => void }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const services = useQuery(serviceQueries.all());
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(""));
  const change = (to: Partial<Draft>) => {
    setDraft({ ...draft, ...to });
    look.reset();
    save.reset();
  };
  const look = useMutation({ mutationFn: () => probeActs.tryOut(definitionOf(draft)) });
  const save = useMutation({
    mutationFn: () => probeActs.declare(definitionOf(draft)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["probe"] });
      message.success(t("probe.saved", { name: draft.name.trim() }));
      close();
    },
  });
  const lacks = missing(draft);
  const why = lacks ? t(`probe.missing.${lacks}`) : null;
  const whyNotSaved =
    why ?? (draft.name.trim() ? (draft.service ? null : t("probe.missing.service")) : t("probe.missing.name"));
  const families = Object.entries(FAMILIES).map(([family, kinds]) => ({
    label: t(`probe.family.${family}` as "probe.family.web"),
    options: Object.keys(kinds).map((kind) => ({ value: kind, label: t(`probe.kind.${kind}` as "probe.kind.http") })),
  }));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="probe-fields">
        <div className="field">
          <label htmlFor="probe-kind">{t("probe.column.kind")}</label>
          <Select
            style={{ width: "100%" }}
            id="probe-kind"
            value={draft.kind}
            onChange={(kind: string) => change({ kind, values: {} })}
            options={families}
          />
        </div>
        <div className="field">
          <label htmlFor="probe-name">{t("probe.name")}</label>
          <Input
            id="probe-name"
            maxLength={100}
            value={draft.name}
            onChange={(e) => change({ name: e.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor="probe-service">{t("probe.column.service")}</label>
          <Select
            style={{ width: "100%" }}
            id="probe-service"
            value={draft.service || undefined}
            showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
            onChange={(service: string) => change({ service })}
            options={(services.data ?? []).map((one) => ({ value: one.name, label: nameIn(language, one.display) }))}
          />
        </div>
        <div className="field">
          <label htmlFor="probe-interval">{t("probe.intervalSecs")}</label>
          <InputNumber
            id="probe-interval"
            min={1}
            max={86_400}
            value={draft.interval}
            onChange={(value) => change({ interval: value ?? 30 })}
          />
        </div>
        {fieldsOf(draft.kind).map((field) => (
          <One
            key={`${draft.kind}.${field.name}`}
            field={field}
            value={draft.values[field.name]}
            set={(value) => change({ values: { ...draft.values, [field.name]: value } })}
          />
        ))}
      </div>
      {draft.kind === "journey" && <JourneySteps steps={draft.steps} change={(steps) => change({ steps })} />}
      {(look.error ?? save.error) && <FailureNote error={asProblem(look.error ?? save.error)} />}
      {look.data && (
        <section className="try-result" aria-label={t("probe.tried")} aria-live="polite">
          <LookView look={look.data.look} phases={look.data.phases} timeout={20} />
          {look.data.steps.length > 0 && <Steps steps={look.data.steps} />}
        </section>
      )}
      <div className="row">
        <ActionButton icon={<Radar size={15} />} loading={look.isPending} reason={why} onClick={() => look.mutate()}>
          {t("probe.tryOut")}
        </ActionButton>
        <span className="grow" />
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <ActionButton type="primary" htmlType="submit" loading={save.isPending} reason={whyNotSaved}>
          {t("kit.save")}
        </ActionButton>
      </div>
    </form>
  );
}

/** One field of a kind. */
function One({
  field,
  value,
  set,
}: {
  field: Field;
  value: string | boolean | undefined;
  set: (value: string | boolean) => void;
}) {
  const { t } = useText();
  const id = `probe-field-${field.name}`;
  const text = typeof value === "string" ? value : "";
  const label = t(`probe.field.${field.name}` as "probe.field.url");
  return (
    <div className={field.kind === "area" ? "field wide" : "field"}>
      <label htmlFor={id}>{label}</label>
      {field.kind === "flag" ? (
        <span>
          <Switch id={id} checked={value === true} onChange={set} />
        </span>
      ) : field.kind === "choice" ? (
        <Select
          style={{ width: "100%" }}
          id={id}
          allowClear
          value={text || undefined}
          placeholder={field.choices?.[0]}
          onChange={(chosen?: string) => set(chosen ?? "")}
          options={(field.choices ?? []).map((choice) => ({ value: choice, label: choice }))}
        />
      ) : field.kind === "area" ? (
        <Input.TextArea
          id={id}
          className="mono"
          autoSize={{ minRows: 2 }}
          value={text}
          onChange={(e) => set(e.target.value)}
        />
      ) : (
        <Input
          id={id}
          className="mono"
          inputMode={field.kind === "number" ? "numeric" : undefined}
          placeholder={field.example}
          value={text}
          onChange={(event) => set(event.target.value)}
        />
      )}
      {field.kind === "secret" && <span className="help">{t("probe.secretHelp")}</span>}
    </div>
  );
}
