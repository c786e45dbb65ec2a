// A request as staff see it.
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import type { RequestDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { money } from "@/manage/catalogue/shown";
import { Grievances } from "@/manage/complaint/hear";
import { RelatedPanel } from "@/manage/knowledge/related";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { Decide } from "../portal/decide";
import { useAct } from "./act";
import { requestActs, requestQueries } from "./api";
import { Conversation } from "./conversation";
import { Expected } from "./expected";
import { Next } from "./next";
import { Answers, Approvals, RatingShown, Work } from "./parts";
import { requestNumber, STATE_TONE } from "./words";
import "./request.css";

export default function RequestPage() {
  const { t, language } = useText();
  const { id = "" } = useParams();
  const request = useQuery(requestQueries.one(id));
  return (
    <div className="page">
      <Answer of={request} bones={<PanelBones height={240} />}>
        {(found) => (
          <>
            <PageHead
              title={`${requestNumber(found.number)} ${nameIn(language, found.item)}`}
              crumb={{ to: path.requests(), label: t("request.title") }}
              sub={<Status tone={STATE_TONE[found.state]} word={t(`request.state.${found.state}`)} pill />}
              actions={<Acts of={found} />}
            />
            <div className="request-grid">
              <div>
                <Decide of={found} />
                <Answers of={found} />
                <Approvals of={found} />
                <Work of={found} />
                <Conversation of={found} />
              </div>
              <div>
                <About of={found} />
                <Grievances kind="request" id={found.id} />
                <RatingShown of={found} />
                {found.rating && !found.rating.answer && <AnswerRating id={found.id} />}
                <RelatedPanel kind="request" id={found.id} />
              </div>
            </div>
          </>
        )}
      </Answer>
    </div>
  );
}

function About({ of }: { of: RequestDetail }) {
  const { t, language } = useText();
  return (
    <Panel title={t("request.about")}>
      <dl className="request-answers">
        <div>
          <dt>{t("request.requester")}</dt>
          <dd>
            <PersonRef id={of.requester.id} display={of.requester.display} />
          </dd>
        </div>
        <div>
          <dt>{t("request.organisation")}</dt>
          <dd>{nameIn(language, of.organisation.display)}</dd>
        </div>
        <div>
          <dt>{t("request.team")}</dt>
          <dd>{nameIn(language, of.team.display)}</dd>
        </div>
        {of.price && (
          <div>
            <dt>{t("catalogue.price")}</dt>
            <dd className="num">{money(of.price.amount_minor, of.price.currency, language)}</dd>
          </div>
        )}
        <div>
          <dt>{t("request.nextHead")}</dt>
          <dd>
            <Next of={of} />
          </dd>
        </div>
        <div>
          <dt>{t("request.due")}</dt>
          <dd>
            <Expected of={of} />
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function Acts({ of }: { of: RequestDetail }) {
  const { t } = useText();
  const wait = useAct(requestActs.wait);
  const resume = useAct(requestActs.resume);
  const failed = wait.error ?? resume.error;
  return (
    <>
      {failed && <FailureNote error={failed} />}
      {of.allowed.includes("wait") && (
        <>
          <Button onClick={() => wait.mutate([of.id, "customer", ""])}>{t("request.waitCustomer")}</Button>
          <Button onClick={() => wait.mutate([of.id, "third_party", ""])}>{t("request.waitThird")}</Button>
        </>
      )}
      {of.allowed.includes("resume") && (
        <Button type="primary" onClick={() => resume.mutate([of.id])}>
          {t("request.resume")}
        </Button>
      )}
    </>
  );
}

function AnswerRating({ id }: { id: string }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const answer = useAct(requestActs.answerRating);
  return (
    <Panel title={t("request.answerRating")}>
      {answer.isError && <FailureNote error={answer.error} />}
      <Input.TextArea
        aria-label={t("request.answerRating")}
        autoSize={{ minRows: 2 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button
        type="primary"
        disabled={!text.trim()}
        loading={answer.isPending}
        onClick={() => answer.mutate([id, text.trim()])}
      >
        {t("request.send")}
      </Button>
    </Panel>
  );
}
