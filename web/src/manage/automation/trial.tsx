// A rule tried on tickets of the past, and what it did since it acts.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { client, read } from "@/api/client";
import { nameIn, type Translate, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { instant } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { path } from "@/path";
import { incidentNumber } from "../incident/words";
import { requestNumber } from "../request/words";
import { automationQueries, type Of, type Rule } from "./api";

const linkOf = (of: Of, id: string) => (of === "request" ? path.request(id) : path.incident(id));
const numberOf = (of: Of, number: number) => (of === "request" ? requestNumber(number) : incidentNumber(number));

const DAYS = [7, 30, 90] as const;

interface Reason {
  test: string;
  saw?: string | null;
  held: boolean;
}

/** A test with what it saw: `priority = 2`. */
export function reasonText(t: Translate, reason: Reason, name: (id: string) => string): string {
  const [word, field] = reason.test.split(":");
  const test = field ?? t(`automation.test.${word}`);
  return `${reason.held ? "✓" : "✗"} ${test}${reason.saw ? ` = ${name(reason.saw)}` : ""}`;
}

export function Trial({ rule }: { rule: Rule }) {
  const { t, language } = useText();
  const [days, setDays] = useState<number>(30);
  const ask = useMutation({
    mutationFn: () => {
      const to = new Date();
      const from = new Date(to.getTime() - days * 86_400_000);
      const { kind: _, ...body } = rule as Rule & { kind?: string };
      return read(
        client.POST("/api/v1/automation/try", { body: { rule: body, from: from.toISOString(), to: to.toISOString() } }),
      );
    },
  });
  const trial = ask.data;
  return (
    <Panel title={t("automation.try.title")} hint={t("automation.try.hint")}>
      <div className="row-wrap">
        <Segmented
          aria-label={t("automation.try.period")}
          value={days}
          onChange={setDays}
          options={DAYS.map((n) => ({ value: n, label: t("automation.try.days", { count: n }) }))}
        />
        <Button loading={ask.isPending} onClick={() => ask.mutate()}>
          {t("automation.try.button")}
        </Button>
      </div>
      {ask.isError && <FailureNote error={ask.error} />}
      {trial && (
        <div role="status" style={{ marginTop: 10 }}>
          <p>
            <b>{t("automation.try.met", { met: trial.met, of: trial.looked_at })}</b>{" "}
            {!trial.complete && <span className="is-attention">{t("automation.try.incomplete")}</span>}
          </p>
          <p className="faint">{trial.acts.map((act) => t(`automation.act.${act}`)).join(" → ")}</p>
          <ul className="stack">
            {trial.tickets.map((ticket) => {
              const names = ticket.names as unknown as Record<string, { zh: string; en: string } | string>;
              const name = (id: string) => nameIn(language, names[id]) || id;
              return (
                <li key={ticket.id}>
                  <Link to={linkOf(rule.of ?? "incident", ticket.id)}>
                    {numberOf(rule.of ?? "incident", ticket.number)} {ticket.title}
                  </Link>
                  <p className="faint">
                    {t(`automation.whenOf.${ticket.when}`)} · {instant(ticket.at, language)}
                    {ticket.because.length > 0 &&
                      ` · ${ticket.because.map((each) => reasonText(t, each, name)).join("，")}`}
                  </p>
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </Panel>
  );
}

export function Runs({ name }: { name: string }) {
  const { t, language } = useText();
  const runs = useQuery(automationQueries.runs(name));
  if (!runs.data || runs.data.length === 0) return null;
  return (
    <Panel title={t("automation.runs")}>
      <ul className="stack">
        {runs.data.slice(0, 20).map((run) => (
          <li key={`${run.id}${run.at}`}>
            <Link to={linkOf(run.of, run.id)}>
              {numberOf(run.of, run.number)} {run.title}
            </Link>{" "}
            <span className="faint">
              {t(`automation.outcome.${run.outcome}`)} · {instant(run.at, language)} · v{run.version}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
