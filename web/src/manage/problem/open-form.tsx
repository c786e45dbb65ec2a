// Begin to look for a cause.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, InputNumber } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { Choose } from "@/shell/choose";
import { problemActs } from "./api";
import type { Begun } from "./list";

export function OpenForm({ begun, close }: { begun: Begun; close: () => void }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const services = useQuery(serviceQueries.all());
  const [service, setService] = useState(begun.service);
  const [title, setTitle] = useState(begun.title ?? "");
  const [days, setDays] = useState<number | null>(30);
  const incidents = begun.incidents ?? [];
  const open = useMutation({
    mutationFn: () =>
      problemActs.open({ service_id: service ?? "", title: title.trim(), incidents, watch_days: days ?? undefined }),
    onSuccess: (problem) => {
      void queries.invalidateQueries({ queryKey: ["problem"] });
      navigate(path.problem(problem.id));
    },
  });
  return (
    <Dialog open onCancel={close} width={520} title={t("problem.open")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          open.mutate();
        }}
      >
        {open.isError && <FailureNote error={open.error} />}
        <Choose
          label={t("problem.service")}
          value={service}
          onChange={setService}
          options={(services.data ?? []).map((each) => ({ value: each.id, label: nameIn(language, each.display) }))}
        />
        <div className="field">
          <label htmlFor="problem-title">{t("problem.what")}</label>
          <Input
            id="problem-title"
            value={title}
            maxLength={300}
            placeholder={t("problem.whatExample")}
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="problem-days">{t("problem.watchDays")}</label>
          <InputNumber id="problem-days" min={1} max={365} value={days} onChange={setDays} />
          <p className="help">{t("problem.watchHelp")}</p>
        </div>
        {incidents.length > 0 && <p className="muted">{t("problem.withIncidents", { n: incidents.length })}</p>}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={open.isPending} disabled={!service || !title.trim()}>
            {t("problem.open")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
