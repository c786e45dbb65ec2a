// The answers behind a figure: who, about what, with which words; and those who did not answer.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Survey, SurveyAnswer } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { Ago } from "@/kit/time";
import { ticketNumber, ticketPath } from "../complaint/words";
import { type Of, surveyQueries } from "./api";

export interface Wanted {
  what: "sent" | "answered" | "unanswered" | "declined" | "undelivered";
  query: Of & { state?: string; score?: number };
}

export function Answers({ survey, wanted }: { survey: Survey; wanted: Wanted }) {
  const { t } = useText();
  const answers = useQuery(surveyQueries.answers(survey.id, wanted.query));
  return (
    <Answer of={answers} bones={<PanelBones height={240} />}>
      {(page) =>
        page.items.length === 0 ? (
          <Empty compact title={t("survey.nothingBehind")} />
        ) : (
          <ul className="survey-answers">
            {page.items.map((answer) => (
              <One key={answer.id} of={answer} />
            ))}
          </ul>
        )
      }
    </Answer>
  );
}

function One({ of }: { of: SurveyAnswer }) {
  const { t, language } = useText();
  const at = of.answered_at ?? of.sent_at;
  return (
    <li>
      <div className="row-wrap">
        {of.score !== null && <b className="num">{of.score}</b>}
        <span>{of.person.display}</span>
        {of.organisation && <span className="muted">{nameIn(language, of.organisation.display)}</span>}
        {of.ticket && <Link to={ticketPath(of.ticket)}>{ticketNumber(of.ticket)}</Link>}
        <span className="faint">{t(`survey.state.${of.state}`)}</span>
        {at && (
          <span className="faint">
            <Ago at={at} />
          </span>
        )}
      </div>
      {of.text && <p className="survey-text">{of.text}</p>}
      {of.answers.map(({ question, value }) => (
        <p key={question.key} className="muted">
          {nameIn(language, question.text)}{" "}
          {question.type === "yes_no"
            ? t(value ? "survey.yes" : "survey.no")
            : question.type === "choice"
              ? nameIn(language, question.options[Number(value)] ?? { zh: "—", en: "—" })
              : String(value)}
        </p>
      ))}
    </li>
  );
}
