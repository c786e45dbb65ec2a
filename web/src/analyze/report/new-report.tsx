import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker, Segmented, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useNavigate } from "react-router";
import { client, read } from "@/api/client";
import { type Language, nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { nextDay, startOfDay } from "./period";

export function NewReport({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useText();
  return (
    <Dialog open={open} onCancel={close} destroyOnHidden width={480} title={t("report.make")}>
      <NewReportForm close={close} />
    </Dialog>
  );
}

const INTERNAL = "internal";

function NewReportForm({ close }: { close: () => void }) {
  const { t, language } = useText();
  const session = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const services = useQuery(serviceQueries.all());
  const organisations = useQuery({ ...partyQueries.organisations(), enabled: holds(session, "party.read") });
  const customers = (organisations.data ?? []).filter((organisation) => organisation.kind === "customer");
  const [customer, setCustomer] = useState<string>(INTERNAL);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [period, setPeriod] = useState<[Dayjs, Dayjs]>([dayjs().startOf("month"), dayjs()]);
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [written, setWritten] = useState<Language>(language);
  const eligible = (services.data ?? []).filter(
    (service) => customer === INTERNAL || service.customer?.id === customer,
  );
  const picked = chosen ?? eligible.map((service) => service.id);
  const make = useMutation({
    mutationFn: () =>
      read(
        client.POST("/api/v1/reports", {
          body: {
            customer_id: customer === INTERNAL ? null : customer,
            service_ids: picked,
            from: startOfDay(period[0].format("YYYY-MM-DD"), zone).toISOString(),
            to: startOfDay(nextDay(period[1].format("YYYY-MM-DD")), zone).toISOString(),
            zone,
            language: written,
          },
        }),
      ),
    onSuccess: (report) => {
      void queries.invalidateQueries({ queryKey: ["report"] });
      navigate(path.report(report.id));
    },
  });
  const zones = [
    ...new Set([
      zone,
      "Asia/Shanghai",
      "UTC",
      Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...Intl.supportedValuesOf("timeZone"),
    ]),
  ];
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      {make.isError && <FailureNote error={make.error} />}
      <div className="field">
        <span className="label">{t("report.field.period")}</span>
        <DatePicker.RangePicker
          style={{ width: "100%" }}
          allowClear={false}
          aria-label={t("report.field.period")}
          value={period}
          onChange={(value) => value?.[0] && value[1] && setPeriod([value[0], value[1]])}
          disabledDate={(day) => day.isAfter(dayjs(), "day")}
          presets={[
            { label: t("report.preset.today"), value: [dayjs(), dayjs()] },
            { label: t("report.preset.thisMonth"), value: [dayjs().startOf("month"), dayjs()] },
            {
              label: t("report.preset.lastMonth"),
              value: [dayjs().subtract(1, "month").startOf("month"), dayjs().subtract(1, "month").endOf("month")],
            },
          ]}
        />
        <p className="help">{t("report.field.periodHelp")}</p>
      </div>
      <div className="field">
        <span className="label">{t("report.field.zone")}</span>
        <Select
          showSearch
          style={{ width: "100%" }}
          aria-label={t("report.field.zone")}
          value={zone}
          onChange={setZone}
          options={zones.map((value) => ({ value, label: value }))}
        />
      </div>
      <div className="field">
        <span className="label">{t("report.field.customer")}</span>
        <Select
          style={{ width: "100%" }}
          aria-label={t("report.field.customer")}
          value={customer}
          onChange={(value) => {
            setCustomer(value);
            setChosen(null);
          }}
          options={[
            { value: INTERNAL, label: t("report.internal") },
            ...customers.map((each) => ({ value: each.id, label: nameIn(language, each.display) })),
          ]}
        />
      </div>
      <div className="field">
        <span className="label">{t("report.field.services")}</span>
        <Select
          mode="multiple"
          style={{ width: "100%" }}
          aria-label={t("report.field.services")}
          value={picked}
          onChange={setChosen}
          options={eligible.map((service) => ({ value: service.id, label: nameIn(language, service.display) }))}
          optionFilterProp="label"
        />
      </div>
      <div className="field">
        <span className="label">{t("report.field.language")}</span>
        <Segmented
          value={written}
          onChange={(value) => setWritten(value)}
          options={[
            { value: "zh" as const, label: "中文" },
            { value: "en" as const, label: "English" },
          ]}
        />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={make.isPending} disabled={picked.length === 0}>
          {t("report.collect")}
        </Button>
      </div>
    </form>
  );
}
