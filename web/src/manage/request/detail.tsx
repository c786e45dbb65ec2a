// A request as staff see it.
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { lazy, Suspense, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { RequestDetail, Visibility } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { money } from "@/manage/catalogue/shown";
import { Grievances } from "@/manage/complaint/hear";
import { Beside, type BesideHandle } from "@/manage/desk/beside";
import { KeysHelp } from "@/manage/desk/help";
import { useKeys } from "@/manage/desk/keys";
import { beside, done, lineNow, pathOf } from "@/manage/desk/line";
import { Neighbours } from "@/manage/desk/neighbours";
import { Watchers } from "@/manage/desk/watchers";
import { useWork } from "@/manage/desk/work";
import { RelatedPanel } from "@/manage/knowledge/related";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { Decide } from "../portal/decide";
import { useAct } from "./act";
import { requestActs, requestQueries } from "./api";
import { Conversation, type SayTo } from "./conversation";
import { Expected } from "./expected";
import { Next } from "./next";
import { Answers, Approvals, RatingShown, Work } from "./parts";
import { RequestState } from "./state";
import { requestNumber } from "./words";
import "@/manage/desk/desk.css";
import "./request.css";

const PickMacro = lazy(() => import("@/manage/automation/pick").then((part) => ({ default: part.PickMacro })));
const StatusPick = lazy(() => import("@/manage/automation/status-pick").then((part) => ({ default: part.StatusPick })));

export default function RequestPage() {
  const { t, language } = useText();
  const { id = "" } = useParams();
  const request = useQuery(requestQueries.one(id));
  const session = useSession();
  const staff = holds(session, "incident.note_internal");
  const works = holds(session, "request.write") && holds(session, "automation.read");
  const say = useRef<(to: Visibility | "canned") => void>(() => {});
  const side = useRef<BesideHandle>(null);
  return (
    <div className="page">
      <Answer of={request} bones={<PanelBones height={240} />}>
        {(found) => (
          <>
            <PageHead
              title={`${requestNumber(found.number)} ${nameIn(language, found.item)}`}
              crumb={{ to: path.requests(), label: t("request.title") }}
              sub={
                <span className="row">
                  <RequestState of={found} />
                  {works && (
                    <Suspense>
                      <StatusPick ticket={{ kind: "request", id: found.id, version: found.version }} />
                    </Suspense>
                  )}
                </span>
              }
              actions={<Acts of={found} />}
            />
            <Worked of={found} say={say} side={side} />
            <div className="request-grid">
              <div>
                <Decide of={found} />
                <Answers of={found} />
                <Approvals of={found} />
                <Work of={found} />
                <Conversation of={found} say={say} />
              </div>
              <div>
                <About of={found} />
                {staff && (
                  <>
                    <Watchers kind="request" id={found.id} />
                    <Beside kind="request" id={found.id} ref={side} />
                  </>
                )}
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

/** The keys of a request, and its neighbours in the queue one came from. */
function Worked({ of, say, side }: { of: RequestDetail; say: SayTo; side: React.RefObject<BesideHandle | null> }) {
  const navigate = useNavigate();
  const session = useSession();
  const work = useWork();
  const wait = useAct(requestActs.wait);
  const resume = useAct(requestActs.resume);
  const [keysShown, setKeysShown] = useState(false);
  const [picking, setPicking] = useState(false);
  const line = lineNow();
  const { before, after } = beside(line, of.id);
  const works = holds(session, "request.work");
  useKeys("ticket", {
    reply: () => say.current("public"),
    note: () => say.current("internal"),
    ...(works && {
      take: () => void work.take(of.id),
      resolve: () =>
        void work.finish(of.id).then((finished) => {
          const next = finished && done(of.id);
          if (next) navigate(next);
        }),
    }),
    ...(holds(session, "request.write") &&
      holds(session, "automation.read") && { macro: () => setPicking(true), canned: () => say.current("canned") }),
    ...(of.allowed.includes("wait") && { wait: () => wait.mutate([of.id, "customer", ""]) }),
    ...(of.allowed.includes("resume") && { wait: () => resume.mutate([of.id]) }),
    ...(holds(session, "incident.note_internal") && {
      time: () => side.current?.time(),
      watch: () => side.current?.watch(),
    }),
    ...(before && { previousTicket: () => navigate(pathOf(before)) }),
    ...(after && { nextTicket: () => navigate(pathOf(after)) }),
    back: () => navigate(line?.stops.some((stop) => stop.id === of.id) ? line.back : path.requests()),
    help: () => setKeysShown(true),
  });
  return (
    <>
      <Neighbours before={before} after={after} />
      {picking && (
        <Suspense>
          <PickMacro of="request" ticket={of} close={() => setPicking(false)} />
        </Suspense>
      )}
      <KeysHelp open={keysShown} close={() => setKeysShown(false)} where="ticket" />
      {(wait.error ?? resume.error) && <FailureNote error={wait.error ?? resume.error} />}
    </>
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
