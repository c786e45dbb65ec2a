// Names and parts that every form shares: what may be chosen, texts in both languages, for which tickets.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import type { Words } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { agreementQueries } from "@/manage/agreement/api";
import { catalogueQueries } from "@/manage/catalogue/api";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { automationQueries, type Of, ticketUnder } from "./api";

export type Names = { value: string; label: string }[];
export type Scoped = { customers?: string[]; services?: string[]; teams?: string[] };

/** Places that a ticket fills; a `_` is written as a dot. */
const PLACES = [
  "ticket_number",
  "ticket_title",
  "reporter_name",
  "customer_name",
  "service_name",
  "team_name",
  "agent_name",
  "priority",
  "opened",
  "due",
];

export const STATES = ["new", "assigned", "in_progress", "on_hold", "resolved", "closed", "reopened", "cancelled"];
export const REQUEST_STATES = [
  "submitted",
  "approving",
  "approved",
  "fulfilling",
  "waiting",
  "fulfilled",
  "accepted",
  "rejected",
  "withdrawn",
];
export const HOLDS = ["customer", "third_party", "vendor", "change", "internal"];

/** The house's own statuses of one kind of ticket, or of both. */
export function useStatuses(of?: Of): Names {
  const { language } = useText();
  const all = useQuery(automationQueries.all("ticket_status"));
  return (all.data ?? []).flatMap(({ definition }) =>
    definition.kind === "ticket_status" && (!of || of === ticketUnder(definition.under))
      ? [{ value: definition.name, label: nameIn(language, definition.title) }]
      : [],
  );
}

/** Names to choose from; definitions name things by them. */
export function useNamed() {
  const { language } = useText();
  const services = useQuery(serviceQueries.all());
  const teams = useQuery(partyQueries.teams());
  const people = useQuery(partyQueries.people());
  const organisations = useQuery(partyQueries.organisations());
  const calendars = useQuery(agreementQueries.calendars());
  const items = useQuery(catalogueQueries.all());
  const of = (rows: { name: string; display: string | Words }[] | undefined): Names =>
    (rows ?? []).map((row) => ({ value: row.name, label: nameIn(language, row.display) }));
  return {
    service: of(services.data),
    team: of(teams.data),
    assignee: of(people.data),
    customer: of(organisations.data),
    item: of(items.data),
    calendar: (calendars.data ?? []).map((row) => ({ value: row.name, label: row.name })),
  };
}

export function Both({
  label,
  value,
  set,
  long = false,
}: {
  label: string;
  value: Words;
  set: (value: Words) => void;
  /** Several lines, with places that a ticket fills. */
  long?: boolean;
}) {
  const { t } = useText();
  return (
    <div className="field">
      <span className="label">{label}</span>
      {(["zh", "en"] as const).map((language) => {
        const words = `${label} · ${language === "zh" ? "中文" : "English"}`;
        const change = (text: string) => set({ ...value, [language]: text });
        return long ? (
          <div key={language} style={{ marginBottom: 8 }}>
            <Input.TextArea
              aria-label={words}
              placeholder={language === "zh" ? "中文" : "English"}
              autoSize={{ minRows: 2, maxRows: 10 }}
              maxLength={20_000}
              value={value[language]}
              onChange={(event) => change(event.target.value)}
            />
            <div className="automation-places">
              {PLACES.map((place) => (
                <Button
                  key={place}
                  size="small"
                  type="text"
                  title={t(`automation.place.${place}`)}
                  onClick={() => change(`${value[language]}{{${place.replace("_", ".")}}}`)}
                >
                  {`{{${place.replace("_", ".")}}}`}
                </Button>
              ))}
            </div>
          </div>
        ) : (
          <Input
            key={language}
            style={{ marginBottom: 4 }}
            aria-label={words}
            placeholder={language === "zh" ? "中文" : "English"}
            maxLength={200}
            value={value[language]}
            onChange={(event) => change(event.target.value)}
          />
        );
      })}
    </div>
  );
}

export const EMPTY = { zh: "", en: "" };

export function Scope({ value, set }: { value: Scoped | undefined; set: (value: Scoped) => void }) {
  const { t } = useText();
  const named = useNamed();
  const parts = [
    ["services", named.service, "service"],
    ["teams", named.team, "team"],
    ["customers", named.customer, "customer"],
  ] as const;
  return (
    <div className="field">
      <span className="label">{t("automation.scope")}</span>
      {parts.map(([key, options, word]) => (
        <Select
          key={key}
          mode="multiple"
          style={{ width: "100%", marginBottom: 4 }}
          aria-label={t(`automation.test.${word}`)}
          placeholder={t("automation.every", { what: t(`automation.test.${word}`) })}
          value={value?.[key] ?? []}
          onChange={(next) => set({ ...value, [key]: next })}
          options={options}
        />
      ))}
    </div>
  );
}
