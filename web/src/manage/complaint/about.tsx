// What somebody is not content with, and every step since.
import { Link } from "react-router";
import type { Discontent, VoiceStep } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { PersonRef } from "@/manage/party/refs";
import { ticketNumber, ticketPath } from "./words";
import "./complaint.css";

export function About({ of, portal = false }: { of: Discontent; portal?: boolean }) {
  const { t, language } = useText();
  return (
    <Panel title={t("complaint.said")}>
      <p className="complaint-text">{of.text ?? t("complaint.erased")}</p>
      <dl className="facts">
        <dt>{t("complaint.who")}</dt>
        <dd>{of.person ? of.person.display : t("complaint.unknownPerson")}</dd>
        {of.organisation && (
          <>
            <dt>{t("complaint.organisation")}</dt>
            <dd>{nameIn(language, of.organisation.display)}</dd>
          </>
        )}
        {of.service && (
          <>
            <dt>{t("complaint.service")}</dt>
            <dd>{nameIn(language, of.service.display)}</dd>
          </>
        )}
        {of.ticket && (
          <>
            <dt>{t("complaint.ticket")}</dt>
            <dd>
              <Link to={ticketPath(of.ticket, portal)}>{ticketNumber(of.ticket)}</Link>
            </dd>
          </>
        )}
        <dt>{t("complaint.touchpoint")}</dt>
        <dd>{t(`complaint.at.${of.touchpoint}`)}</dd>
      </dl>
    </Panel>
  );
}

export function History({ of }: { of: VoiceStep[] }) {
  const { t } = useText();
  return (
    <Panel title={t("complaint.history")}>
      <ol className="stack complaint-list">
        {of.map((step) => (
          <li key={`${step.at} ${step.to}`}>
            <div className="row-wrap">
              <b>{t(`complaint.step.${step.to}`)}</b>
              <span className="faint">
                <Ago at={step.at} />
              </span>
              {step.by ? (
                <PersonRef id={step.by.id} display={step.by.display} />
              ) : (
                <span className="faint">{t("complaint.byTime")}</span>
              )}
              {step.reason && <span className="muted">{t(`complaint.reason.${step.reason}`)}</span>}
            </div>
            {step.text && <p className="complaint-text">{step.text}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
