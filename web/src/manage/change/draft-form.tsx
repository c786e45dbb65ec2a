// Draft a change in a minute: from a template, or with its three plans; written anew, it keeps its window.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Segmented, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { ChangeDetail, ChangeKind } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { Choose } from "@/shell/choose";
import { changeActs, changeQueries } from "./api";
import { WindowField, windowOf } from "./window-field";

const PLANS = ["implementation", "back_out", "test"] as const;

export function DraftForm({ of, close }: { of?: ChangeDetail; close: () => void }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const services = useQuery(serviceQueries.all());
  const templates = useQuery(changeQueries.templates());
  const [kind, setKind] = useState<ChangeKind>(of?.kind ?? "normal");
  const [template, setTemplate] = useState<string | undefined>();
  const [chosen, setChosen] = useState<string[]>(of?.services.map((each) => each.id) ?? []);
  const [title, setTitle] = useState(of?.title ?? "");
  const [plans, setPlans] = useState({
    implementation: of?.implementation ?? "",
    back_out: of?.back_out ?? "",
    test: of?.test ?? "",
  });
  const [span, setSpan] = useState<[Dayjs, Dayjs]>(() => {
    const from = dayjs().add(1, "day").hour(2).minute(0).second(0).millisecond(0);
    return [from, from.add(2, "hour")];
  });
  // What is written rests on the change as it was when the form was opened.
  const [basis] = useState(of);
  const standard = kind === "standard";
  const save = useMutation({
    mutationFn: async () => {
      if (basis) return changeActs.edit(basis.id, basis.version, { title: title.trim(), services: chosen, ...plans });
      const body = { kind, services: chosen, window: windowOf(span), title: title.trim() || undefined };
      const draft = await changeActs.draft(standard ? { ...body, template } : { ...body, ...plans });
      // What it collides with and how risky it is are seen at once.
      return changeActs.plain(draft.id, draft.version, "assess");
    },
    onSuccess: (change) => {
      void queries.invalidateQueries({ queryKey: ["change"] });
      close();
      navigate(path.change(change.id));
    },
  });
  const found = (templates.data ?? []).find((each) => each.name === template);
  const options = standard && found ? found.services : (services.data ?? []);
  const written = standard ? template : title.trim() && PLANS.every((plan) => plans[plan].trim());
  return (
    <Dialog open onCancel={close} width={640} title={of ? t("change.step.edit") : t("change.draft")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {save.isError && <FailureNote error={save.error} />}
        {!of && (
          <Segmented<ChangeKind>
            aria-label={t("change.kindHead")}
            value={kind}
            onChange={setKind}
            options={(["normal", "standard", "emergency"] as const).map((value) => ({
              value,
              label: t(`change.kind.${value}`),
            }))}
          />
        )}
        <p className="help">{t(`change.kindHelp.${kind}`)}</p>
        {standard && (
          <>
            <Choose
              label={t("change.template")}
              value={template}
              onChange={(name) => {
                setTemplate(name);
                setChosen([]);
              }}
              options={(templates.data ?? []).map((each) => ({
                value: each.name,
                label: nameIn(language, each.display),
              }))}
            />
            {found && (
              <p className={found.lost_standing ? "change-warning" : "help"}>
                {t("change.templateHistory", { successful: found.successful, reviewed: found.reviewed })}
                {found.lost_standing && ` ${t("change.lostStanding", { n: found.failures_in_a_row })}`}
              </p>
            )}
          </>
        )}
        <div className="field">
          <label htmlFor="change-title">{t("change.what")}</label>
          <Input
            id="change-title"
            value={title}
            maxLength={300}
            placeholder={standard && found ? nameIn(language, found.display) : t("change.whatExample")}
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
        <div className="field">
          <span className="label">{t("change.services")}</span>
          <Select
            mode="multiple"
            aria-label={t("change.services")}
            style={{ width: "100%" }}
            value={chosen}
            onChange={setChosen}
            showSearch={{ optionFilterProp: "label" }}
            options={options.map((each) => ({ value: each.id, label: nameIn(language, each.display) }))}
          />
        </div>
        {!of && <WindowField value={span} onChange={setSpan} />}
        {!standard &&
          PLANS.map((plan) => (
            <div className="field" key={plan}>
              <label htmlFor={`change-${plan}`}>{t(`change.plan.${plan}`)}</label>
              <Input.TextArea
                id={`change-${plan}`}
                autoSize={{ minRows: 2, maxRows: 8 }}
                value={plans[plan]}
                onChange={(event) => setPlans({ ...plans, [plan]: event.target.value })}
              />
            </div>
          ))}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!written || chosen.length === 0}>
            {of ? t("change.step.edit") : t("change.draftAndAssess")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
