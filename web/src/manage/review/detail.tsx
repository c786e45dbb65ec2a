// One review: the story drafted from the ledger, what contributed, what follows, and its way to be published.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { faultQueries } from "@/analyze/fault/api";
import { FaultTrack } from "@/analyze/fault/track";
import { Problem as Refusal } from "@/api/problem";
import type { ReviewDetail, ReviewStep } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Bone, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { ChangesBeside } from "@/manage/change/incident-panel";
import { FollowUps } from "@/manage/follow-up/panel";
import { IncidentRef } from "@/manage/incident/refs";
import { PersonRef } from "@/manage/party/refs";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { holds, useMay, useSession } from "@/shell/session";
import { reviewQueries } from "./api";
import { Due } from "./due";
import { Factors } from "./factors";
import { Lines, useTold } from "./lines";
import { Story } from "./story";
import { reviewNumber, STATE_TONE } from "./words";
import "../ticket.css";
import "./review.css";

const StepDialog = lazy(() => import("./step-dialog").then((part) => ({ default: part.StepDialog })));

export default function ReviewPage() {
  const { id = "" } = useParams();
  const review = useQuery(reviewQueries.one(id));
  if (review.error instanceof Refusal && review.error.status === 404) return <Missing />;
  return (
    <Answer
      of={review}
      bones={
        <div className="page">
          <Bone w="40%" h={26} />
          <PanelBones height={320} />
        </div>
      }
    >
      {(found) => <Detail review={found} />}
    </Answer>
  );
}

function Detail({ review }: { review: ReviewDetail }) {
  const { t, language } = useText();
  const may = useMay();
  const session = useSession();
  const told = useTold();
  const fault = useQuery(faultQueries.of(review.incident.id));
  const [asked, setAsked] = useState<ReviewStep | null>(null);
  const edits = holds(session, "review.write") && review.state !== "published";
  const line = (seq: number) => {
    const found = review.lines.find((one) => one.from === "ledger" && one.entry.seq === seq);
    return found?.from === "ledger" ? told(found.entry).title : "";
  };
  useEffect(() => {
    document.title = `${reviewNumber(review.number)} ${review.incident.title}`;
    return () => {
      document.title = "Evenkeel 稳舵";
    };
  }, [review.number, review.incident.title]);
  return (
    <div className="page review">
      <PageHead
        crumb={{ to: path.reviews(), label: t("review.reviews") }}
        title={
          <>
            <span className="faint">{reviewNumber(review.number)}</span> {review.incident.title || t("incident.erased")}
          </>
        }
        sub={
          <span className="row-wrap">
            <Status tone={STATE_TONE[review.state]} word={t(`review.state.${review.state}`)} pill />
            <IncidentRef id={review.incident.id} number={review.incident.number} />
            <ServiceRef id={review.service.id} display={review.service.display}>
              {nameIn(language, review.service.display)}
            </ServiceRef>
            <PersonRef id={review.owner.id} display={review.owner.display} />
            {review.edition > 1 && <span>{t("review.edition", { n: review.edition })}</span>}
            <Due review={review} />
          </span>
        }
        actions={(review.allowed as ReviewStep[]).map((step) => (
          <Button key={step} type={step === "send_back" ? "default" : "primary"} onClick={() => setAsked(step)}>
            {t(`review.step.${step}`)}
          </Button>
        ))}
      />
      <Answer of={fault} bones={<PanelBones height={168} />}>
        {(data) => <FaultTrack fault={data} open={false} />}
      </Answer>
      <div className="ticket-grid">
        <div className="stack">
          <Story review={review} edits={edits} />
          <Lines review={review} edits={edits} />
        </div>
        <div className="stack">
          <Factors review={review} edits={edits} lines={line} />
          <FollowUps
            of={{ kind: "review", id: review.id }}
            owner={review.owner.id}
            all={review.follow_ups}
            reason={may("review.write")}
            factors={review.factors.map((factor) => ({
              value: factor.id,
              label: nameIn(language, factor.cause.display),
            }))}
          />
          {holds(session, "change.read") && <ChangesBeside incident={review.incident.id} />}
          {review.history.length > 0 && <History review={review} />}
        </div>
      </div>
      {asked && (
        <Suspense>
          <StepDialog review={review} step={asked} close={() => setAsked(null)} />
        </Suspense>
      )}
    </div>
  );
}

function History({ review }: { review: ReviewDetail }) {
  const { t } = useText();
  const older = review.editions.filter((edition) => edition < review.edition || review.state !== "published");
  return (
    <Panel title={t("review.history")}>
      <ol className="stack ticket-list">
        {review.history.map((step) => (
          <li key={step.at + step.to}>
            <div className="row-wrap">
              <Status tone={STATE_TONE[step.to]} word={t(`review.state.${step.to}`)} />
              <span className="faint">
                <Ago at={step.at} />
              </span>
              {step.by && <PersonRef id={step.by.id} display={step.by.display} />}
            </div>
            {step.text && <p className="ticket-text">{step.text}</p>}
          </li>
        ))}
      </ol>
      {older.map((edition) => (
        <p key={edition}>
          <Link to={path.reviewEdition(review.id, edition)}>{t("review.asPublished", { n: edition })}</Link>
        </p>
      ))}
    </Panel>
  );
}
