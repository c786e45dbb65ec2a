// What is asked, and what is answered. Nothing is chosen for anybody; a score from the address of a mail's link is only marked.
import { Button, Input, Radio } from "antd";
import { useState } from "react";
import type { SurveyAnswerBody, SurveyAsked, SurveyQuestion } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { ticketNumber } from "../complaint/words";
import "./survey.css";

type Value = string | number | boolean;

export function SurveyForm({
  of,
  marked,
  busy,
  failed,
  answer,
  decline,
}: {
  of: SurveyAsked;
  /** From the link; not an answer until it is confirmed. */
  marked: number | null;
  busy: boolean;
  failed: unknown;
  answer: (body: SurveyAnswerBody) => void;
  decline: () => void;
}) {
  const { t, language } = useText();
  const inRange = marked !== null && marked >= of.lowest && marked <= of.highest;
  const [score, setScore] = useState<number | null>(inRange ? marked : null);
  const [answers, setAnswers] = useState<Record<string, Value>>({});
  const [text, setText] = useState("");
  const scores = Array.from({ length: of.highest - of.lowest + 1 }, (_, place) => of.lowest + place);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (score !== null) answer({ score, answers: answers as Record<string, never>, text: text.trim() || null });
      }}
    >
      {failed !== null && <FailureNote error={failed} />}
      <p className="muted">
        {[of.ticket && ticketNumber(of.ticket), of.about && nameIn(language, of.about)].filter(Boolean).join(" · ")}
      </p>
      <p className="lead" id={`question-${of.id}`}>
        {nameIn(language, of.question)}
      </p>
      <Radio.Group
        className="survey-scores"
        aria-labelledby={`question-${of.id}`}
        value={score}
        onChange={(event) => setScore(event.target.value)}
        optionType="button"
        buttonStyle="solid"
        options={scores.map((each) => ({ value: each, label: String(each) }))}
      />
      <p className="survey-ends faint">
        <span>{t(`survey.lowest.${of.scale}`)}</span>
        <span>{t(`survey.highest.${of.scale}`)}</span>
      </p>
      {of.questions.map((question) => (
        <Question
          key={question.key}
          of={question}
          value={answers[question.key]}
          set={(value) => setAnswers({ ...answers, [question.key]: value })}
        />
      ))}
      <Input.TextArea
        aria-label={t("survey.words")}
        placeholder={t("survey.words")}
        autoSize={{ minRows: 2 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row-wrap">
        <Button type="primary" htmlType="submit" disabled={score === null} loading={busy}>
          {t("survey.confirm")}
        </Button>
        <Button type="text" onClick={decline} loading={busy}>
          {t("survey.decline")}
        </Button>
      </div>
    </form>
  );
}

function Question({ of, value, set }: { of: SurveyQuestion; value: Value | undefined; set: (value: Value) => void }) {
  const { t, language } = useText();
  const label = nameIn(language, of.text);
  const options =
    of.type === "yes_no"
      ? [
          { value: true, label: t("survey.yes") },
          { value: false, label: t("survey.no") },
        ]
      : of.type === "score"
        ? [1, 2, 3, 4, 5].map((each) => ({ value: each, label: String(each) }))
        : of.type === "choice"
          ? of.options.map((option, place) => ({ value: place, label: nameIn(language, option) }))
          : null;
  return (
    <fieldset className="survey-question">
      <legend>{label}</legend>
      {options ? (
        <Radio.Group
          aria-label={label}
          value={value ?? null}
          onChange={(event) => set(event.target.value)}
          options={options}
        />
      ) : (
        <Input
          aria-label={label}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </fieldset>
  );
}
