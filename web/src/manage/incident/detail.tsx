import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { Ellipsis, MapPin } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { clockQueries } from "@/analyze/clock/api";
import { ClockCards } from "@/analyze/clock/clock";
import { faultQueries } from "@/analyze/fault/api";
import { FaultTrack, FiveActions } from "@/analyze/fault/track";
import type { Incident, IncidentDetail as IncidentWhole } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones } from "@/kit/answer";
import { span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { mailQueries } from "@/manage/mail/api";
import { shownParty } from "@/manage/mail/on-note";
import { PersonRef } from "@/manage/party/refs";
import { serviceQueries } from "@/manage/service/api";
import { ServiceRef } from "@/manage/service/refs";
import { DayStrip } from "@/manage/service/strip";
import { path } from "@/path";
import { holds, useMay, useSession } from "@/shell/session";
import type { Asked, DialogAct } from "./act-dialog";
import { type Act, PERMISSION, refusal } from "./actions";
import { type Doing, incidentQueries, useAct } from "./api";
import { IncidentRef, PriorityBadge, StateWord } from "./refs";
import "./incident.css";
import { CallDialog } from "@/manage/call/lazy";
import { Beside, type BesideHandle } from "@/manage/desk/beside";
import { KeyHint, KeysHelp } from "@/manage/desk/help";
import { type Does, useKeys } from "@/manage/desk/keys";
import { beside, done, lineNow, pathOf } from "@/manage/desk/line";
import { Neighbours } from "@/manage/desk/neighbours";
import { useUndo } from "@/manage/desk/undo";
import { Watchers } from "@/manage/desk/watchers";
import "@/manage/desk/desk.css";
import { People } from "./people";
import { Reply } from "./reply";
import { Timeline } from "./timeline";
import { incidentNumber, isOpen } from "./words";

const RecentChanges = lazy(() => import("@/manage/service/changes").then((part) => ({ default: part.RecentChanges })));
const Affected = lazy(() => import("@/manage/suppression/affected").then((part) => ({ default: part.Affected })));
const ProofOfPages = lazy(() => import("@/observe/page/proof").then((part) => ({ default: part.ProofOfPages })));
const SimilarFaults = lazy(() => import("./similar").then((part) => ({ default: part.SimilarFaults })));
const ActDialog = lazy(() => import("./act-dialog").then((part) => ({ default: part.ActDialog })));
const Children = lazy(() => import("@/manage/desk/children").then((part) => ({ default: part.Children })));
const PickMacro = lazy(() => import("@/manage/automation/pick").then((part) => ({ default: part.PickMacro })));
const StatusPick = lazy(() => import("@/manage/automation/status-pick").then((part) => ({ default: part.StatusPick })));
const FieldsPanel = lazy(() =>
  import("@/manage/automation/fields-panel").then((part) => ({ default: part.FieldsPanel })),
);
const KnownErrors = lazy(() =>
  import("@/manage/problem/incident-panel").then((part) => ({ default: part.KnownErrors })),
);
const Grievances = lazy(() => import("@/manage/complaint/hear").then((part) => ({ default: part.Grievances })));
const ReviewPanel = lazy(() =>
  import("@/manage/review/incident-panel").then((part) => ({ default: part.ReviewPanel })),
);
const MajorBand = lazy(() => import("./major/band").then((part) => ({ default: part.MajorBand })));
const DeclareMajor = lazy(() => import("./major/declare").then((part) => ({ default: part.DeclareMajor })));
const RelatedPanel = lazy(() => import("@/manage/knowledge/related").then((part) => ({ default: part.RelatedPanel })));
const ChangesBeside = lazy(() =>
  import("@/manage/change/incident-panel").then((part) => ({ default: part.ChangesBeside })),
);
const OutsidersPanel = lazy(() =>
  import("@/manage/status-page/incident-panel").then((part) => ({ default: part.OutsidersPanel })),
);

export default function IncidentDetail() {
  const { id = "" } = useParams();
  const incident = useQuery(incidentQueries.one(id));
  return (
    <Answer
      of={incident}
      bones={
        <div className="page">
          <Bone w="46%" h={26} />
          <PanelBones height={120} />
          <div className="incident-grid">
            <PanelBones height={420} />
            <PanelBones height={300} />
          </div>
        </div>
      }
    >
      {(data) => <Detail key={data.id} incident={data} />}
    </Answer>
  );
}

/** Why an act is off, in the reader's words; null when it is on. */
function useReason(incident: Incident): (act: Act) => string | null {
  const { t } = useText();
  const may = useMay();
  return (act) => {
    const forbidden = may(PERMISSION[act]);
    if (forbidden) return forbidden;
    const code = refusal(act, incident);
    return code ? t(`incident.refused.${code}`) : null;
  };
}

/** A line of the menu, with why it is off. */
function menuItem(key: string, words: string, why: string | null, onClick: () => void, danger = false) {
  const label = (
    <span style={{ display: "block" }}>
      {words}
      {why && (
        <span className="faint" style={{ display: "block", fontSize: "0.9em" }}>
          {why}
        </span>
      )}
    </span>
  );
  return { key, danger: danger && !why, disabled: Boolean(why), label, onClick };
}

function Detail({ incident }: { incident: IncidentWhole }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const session = useSession();
  const run = useAct();
  const reason = useReason(incident);
  const [dialog, setDialog] = useState<Asked | null>(null);
  const [keysShown, setKeysShown] = useState(false);
  const [calling, setCalling] = useState(false);
  const [declaring, setDeclaring] = useState(false);
  const [picking, setPicking] = useState(false);
  const replyBox = useRef<HTMLTextAreaElement>(null);
  const reply = useRef<(line: string) => void>(() => {});
  const say = useRef<(to: "public" | "internal" | "canned") => void>(() => {});
  const side = useRef<BesideHandle>(null);
  const undo = useUndo();
  const [search] = useSearchParams();
  const asked = search.get("say");
  const insert = (line: string) => {
    reply.current(line);
    replyBox.current?.focus();
  };
  const fault = useQuery(faultQueries.of(incident.id));
  const clocks = useQuery(clockQueries.of([incident.id]));
  const timeline = useQuery(incidentQueries.timeline(incident.id));
  const mails = useQuery(mailQueries.of(incident.id));
  const chats = useQuery(mailQueries.chatsOf(incident.id));
  const service = useQuery(serviceQueries.one(incident.service.id));
  const open = isOpen(incident.state);
  // Those who may not act see no buttons at all; those who may see why one is off.
  const works = holds(session, "incident.write");
  const majorReason = !open
    ? t("incident.refused.not_open")
    : incident.major && incident.major !== "candidate" && incident.major !== "demoted"
      ? t("incident.major.already")
      : null;
  const act = (doing: Doing) => run.mutate({ incident, doing });
  const ask = (which: DialogAct) => setDialog({ act: which, incidents: [incident], first: incident });
  const line = lineNow();
  const { before, after } = beside(line, incident.id);
  const staff = holds(session, "incident.note_internal");
  const children = incident.links.filter((link) => link.relation === "caused_by" && link.inverse && isOpen(link.state));
  const [proposed, setProposed] = useState<"resolve" | "restore" | null>(null);
  /** What is done leads on to the next of the queue one came from; with children, they are asked about first. */
  const goOn = () => {
    const next = done(incident.id);
    if (next) navigate(next);
  };
  const finished = (which: DialogAct) => {
    setDialog(null);
    if (which !== "resolve") return;
    if (children.length > 0) setProposed("resolve");
    else goOn();
  };

  useEffect(() => {
    const number = incidentNumber(incident.number);
    document.title = `${number} ${incident.title}`;
    return () => {
      document.title = "Evenkeel 稳舵";
    };
  }, [incident.number, incident.title]);

  useEffect(() => {
    if (asked === "public" || asked === "internal") say.current(asked);
  }, [asked]);

  const on = (which: Act, go: () => void) => () => {
    if (!reason(which)) go();
  };
  useKeys(
    "ticket",
    {
      take: on("acknowledge", () => perform("acknowledge")),
      locate: on("locate", () => ask("locate")),
      wait: on("hold", () => ask("hold")),
      assign: on("assign", () => ask("assign")),
      priority: on("priority", () => ask("priority")),
      link: on("link", () => ask("link")),
      resolve: on("resolve", () => ask("resolve")),
      reply: on("note", () => say.current("public")),
      note: on("note", () => say.current("internal")),
      ...(staff && {
        time: () => side.current?.time(),
        checklist: () => side.current?.checklist(),
        watch: () => side.current?.watch(),
        undo,
      }),
      ...(works && { call: () => setCalling(true) }),
      ...(works && { macro: () => setPicking(true), canned: () => say.current("canned") }),
      ...(works && !majorReason && { major: () => setDeclaring(true) }),
      ...(before && { previousTicket: () => navigate(pathOf(before)) }),
      ...(after && { nextTicket: () => navigate(pathOf(after)) }),
      back: () => navigate(line?.stops.some((stop) => stop.id === incident.id) ? line.back : path.incidents()),
      help: () => setKeysShown(true),
    },
    dialog !== null || calling,
  );

  const menuActs: { act: DialogAct | "close" | "restore"; danger?: boolean }[] = [
    { act: "hold" },
    { act: "restore" },
    { act: "priority" },
    { act: "link" },
    { act: "merge" },
    { act: "split" },
    { act: "reopen" },
    { act: "close" },
    { act: "cancel", danger: true },
  ];
  // What comes next from here: the one button that is filled.
  const next: Act =
    incident.state === "resolved"
      ? "close"
      : !open
        ? "reopen"
        : !incident.acknowledged_at && (incident.state === "new" || incident.state === "reopened")
          ? "acknowledge"
          : incident.state === "on_hold"
            ? "resume"
            : incident.state === "in_progress"
              ? "resolve"
              : "start";
  const perform = (which: Act) => {
    if (
      which === "acknowledge" ||
      which === "start" ||
      which === "resume" ||
      which === "close" ||
      which === "restore"
    ) {
      act({ act: which });
      if (which === "restore" && children.length > 0) setProposed("restore");
    } else ask(which as DialogAct);
  };
  const hints: Partial<Record<Act, Does>> = {
    assign: "assign",
    acknowledge: "take",
    resolve: "resolve",
    locate: "locate",
  };
  const button = (which: Act, hideOnPhone = false) => (
    <ActionButton
      key={which}
      className={hideOnPhone ? "wide-only" : ""}
      type={which === next ? "primary" : "default"}
      reason={reason(which)}
      onClick={() => perform(which)}
    >
      {t(`incident.act.${which}`)} {hints[which] && <KeyHint does={hints[which]} />}
    </ActionButton>
  );
  const secondary: Act[] = (["acknowledge", "start", "locate", "resolve"] as Act[]).filter(
    (which) => which === next || !reason(which) || which === "resolve",
  );
  const more = (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          menuItem("macro", `${t("automation.pick.macro")} (.)`, null, () => setPicking(true)),
          menuItem("major", t("incident.major.declare"), majorReason, () => setDeclaring(true)),
          ...menuActs.map(({ act: which, danger }) =>
            menuItem(which, t(`incident.act.${which}`), reason(which), () => perform(which), danger),
          ),
        ],
      }}
    >
      <Button icon={<Ellipsis size={16} />} aria-label={t("incident.moreActs")} />
    </Dropdown>
  );

  return (
    <div className="page incident-detail">
      <header className="incident-head">
        <nav className="crumb" aria-label={t("kit.crumbs")}>
          <Link to={path.incidents()}>{t("incident.title")}</Link> / <span>{incidentNumber(incident.number)}</span>
          <Neighbours before={before} after={after} />
        </nav>
        <div className="page-head">
          <h1>{incident.title || t("incident.erased")}</h1>
          {works && (
            <div className="page-actions wide-only">
              {button("assign")}
              {(secondary.includes(next) ? secondary : [...secondary, next]).map((which) => button(which))}
              {more}
            </div>
          )}
        </div>
        <div className="incident-meta">
          <PriorityBadge priority={incident.priority} />
          <StateWord incident={incident} pill />
          {works && open && (
            <Suspense>
              <StatusPick ticket={{ kind: "incident", id: incident.id, version: incident.version }} />
            </Suspense>
          )}
          <ServiceRef id={incident.service.id} display={incident.service.display} />
          {incident.assignee ? (
            <PersonRef id={incident.assignee.id} display={incident.assignee.display} />
          ) : (
            <span className="is-attention">{t("incident.unassigned")}</span>
          )}
          <span>
            {t("incident.openedAt")} <Ago at={incident.opened_at} />
          </span>
          {incident.firing > 0 && open && (
            <span className="status is-bad">
              <i className="firing" aria-hidden="true" /> {t("incident.firing")}
            </span>
          )}
          {incident.merged_into && <Link to={path.incident(incident.merged_into)}>{t("incident.mergedInto")}</Link>}
        </div>
      </header>

      {incident.major && holds(session, "incident.note_internal") && (
        <Suspense fallback={<PanelBones height={120} />}>
          <MajorBand incident={incident} declare={() => setDeclaring(true)} />
        </Suspense>
      )}

      <Answer of={fault} bones={<PanelBones height={168} />}>
        {(data) => <FaultTrack fault={data} open={open} />}
      </Answer>

      <div className="incident-grid">
        <div className="stack">
          <section className="panel" aria-label={t("incident.timeline")}>
            <Reply
              incident={incident}
              box={replyBox}
              put={reply}
              reason={reason("note")}
              internalReason={useMay()("incident.note_internal")}
              answersTo={mails.data?.answers_to.map(shownParty) ?? []}
              say={say}
              firstSaid={asked === "internal" ? "internal" : "public"}
            />
            <Answer
              of={timeline}
              bones={
                <div style={{ padding: 16 }} className="stack">
                  <Bone w="60%" />
                  <Bone w="80%" />
                  <Bone w="50%" />
                </div>
              }
            >
              {(entries) =>
                entries.length === 0 ? (
                  <Empty compact title={t("incident.timelineEmpty")} />
                ) : (
                  <Timeline entries={entries} mails={mails.data} chats={chats.data} />
                )
              }
            </Answer>
          </section>
        </div>
        <div className="stack side">
          <Panel title={t("incident.clocks")}>
            <Answer
              of={clocks}
              bones={
                <div className="stack">
                  <Bone h={88} />
                  <Bone h={88} />
                  <Bone h={88} />
                </div>
              }
            >
              {(data) => {
                const mine = data.get(incident.id) ?? [];
                return mine.length === 0 ? (
                  <Empty compact title={t("incident.noClocks")} text={t("incident.noClocksText")} />
                ) : (
                  <ClockCards clocks={mine} />
                );
              }}
            </Answer>
          </Panel>
          <Suspense>
            <FieldsPanel incident={incident} works={works} />
          </Suspense>
          {holds(session, "change.read") && (
            <Suspense>
              <ChangesBeside incident={incident.id} />
            </Suspense>
          )}
          <Suspense>
            <Grievances kind="incident" id={incident.id} own={!works} />
          </Suspense>
          {holds(session, "problem.read") && (
            <Suspense>
              <KnownErrors incident={incident.id} />
            </Suspense>
          )}
          {holds(session, "review.read") && (
            <Suspense>
              <ReviewPanel incident={incident} />
            </Suspense>
          )}
          {holds(session, "knowledge.read") && (
            <Suspense>
              <RelatedPanel kind="incident" id={incident.id} insert={works ? insert : undefined} />
            </Suspense>
          )}
          {holds(session, "status_page.read") && (
            <Suspense>
              <OutsidersPanel incident={incident.id} />
            </Suspense>
          )}
          <Panel title={t("incident.people")}>
            <People incident={incident} assign={works ? () => ask("assign") : null} assignReason={reason("assign")} />
            {staff && <Watchers kind="incident" id={incident.id} />}
          </Panel>
          {staff && <Beside kind="incident" id={incident.id} ref={side} />}
          <Panel
            title={t("incident.service")}
            actions={
              <span className="row">
                {holds(session, "silence.write") && (
                  <Link to={path.suppressions({ service: incident.service.id })}>{t("suppression.make")}</Link>
                )}
                <ServiceRef id={incident.service.id} display={incident.service.display}>
                  {nameIn(language, incident.service.display)} →
                </ServiceRef>
              </span>
            }
          >
            <DayStrip service={incident.service.id} />
            <Answer of={service} bones={<Bone h={82} />}>
              {(data) => (
                <dl className="facts" style={{ marginTop: 12 }}>
                  <dt>{t("service.criticality")}</dt>
                  <dd>{t(`service.criticalityOf.${data.criticality}`)}</dd>
                  <dt>{t("service.rto")}</dt>
                  <dd>{data.rto_secs === null ? "—" : span(data.rto_secs, language)}</dd>
                  {data.customer && (
                    <>
                      <dt>{t("service.customer")}</dt>
                      <dd>{nameIn(language, data.customer.display)}</dd>
                    </>
                  )}
                </dl>
              )}
            </Answer>
          </Panel>
          <Suspense>
            {open && <Affected service={incident.service.id} />}
            {holds(session, "page.read") && <ProofOfPages incident={incident.id} open={isOpen(incident.state)} />}
            <SimilarFaults incident={incident} />
            <RecentChanges service={incident.service.id} />
          </Suspense>
          {fault.data && (
            <Panel title={t("incident.actions")}>
              <FiveActions fault={fault.data} />
            </Panel>
          )}
          {incident.links.length > 0 && (
            <Panel title={t("incident.linked")}>
              <ul className="stack" style={{ gap: 8 }}>
                {incident.links.map((link) => (
                  <li key={`${link.other}${link.relation}`} className="row">
                    <Link2Icon />
                    <IncidentRef id={link.other} number={link.number} />
                    <span className="grow clip">{link.title}</span>
                    <span className="faint">{t(`incident.relation.${link.relation}`)}</span>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
        </div>
      </div>
      {works && (
        <div className="thumb-bar narrow-only">
          {button(next)}
          {next !== "resolve" && button("resolve")}
          {button("assign")}
          {more}
        </div>
      )}
      {declaring && (
        <Suspense>
          <DeclareMajor incident={incident} close={() => setDeclaring(false)} />
        </Suspense>
      )}
      {picking && (
        <Suspense>
          <PickMacro ticket={incident} close={() => setPicking(false)} />
        </Suspense>
      )}
      {dialog && (
        <Suspense>
          <ActDialog what={dialog} close={() => setDialog(null)} done={finished} />
        </Suspense>
      )}
      {proposed && (
        <Suspense>
          <Children
            links={children}
            act={proposed}
            close={() => {
              setProposed(null);
              if (proposed === "resolve") goOn();
            }}
          />
        </Suspense>
      )}
      <CallDialog open={calling} close={() => setCalling(false)} />
      <KeysHelp open={keysShown} close={() => setKeysShown(false)} where="ticket" />
    </div>
  );
}

function Link2Icon() {
  return <MapPin size={14} color="var(--text-3)" aria-hidden />;
}
