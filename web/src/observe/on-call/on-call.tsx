import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Tooltip } from "antd";
import { ChevronLeft, ChevronRight, PencilRuler, UserPlus, X } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { OnCall, Ref, Shift } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones, useProblemText } from "@/kit/answer";
import { instant, shortInstant, span } from "@/kit/format";
import { useNow } from "@/kit/now";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { Avatar } from "@/shell/avatar";
import { holds, useMay, useSession } from "@/shell/session";
import { onCallActs, onCallQueries } from "./api";
import { BoardRows } from "./board";
import { Fairness } from "./fairness";
import { Feed } from "./feed";
import { HandoverNote } from "./note";
import "./on-call.css";
import { Escalation } from "./policy";
import type { Stretch } from "./stand-in";
import { Swaps } from "./swaps";
import { addDays, hue, mondayOf, weeks } from "./week";

const EXAMPLE = `rotas:
  - team: operations
    zone: Asia/Shanghai
    handover: monday 09:00
    members: [lin, chen, wang]
    ack_limit: 5m`;
const WEEKS = 4;
// Editing is rare: its parts come when they are asked for.
// The form has a calendar in it, which weighs more than the page.
const StandIn = lazy(() => import("./stand-in").then((part) => ({ default: part.StandIn })));
const RotaEditor = lazy(() => import("./rota-editor").then((part) => ({ default: part.RotaEditor })));

export default function OnCallPage() {
  const { t } = useText();
  const onCall = useQuery(onCallQueries.now());
  const navigate = useNavigate();
  const session = useSession();
  return (
    <div className="page">
      <PageHead
        title={t("onCall.title")}
        sub={t("onCall.sub")}
        actions={
          <>
            <Feed />
            {holds(session, "noise.read") && (
              <Button
                href={path.noise()}
                onClick={(event) => {
                  event.preventDefault();
                  void navigate(path.noise());
                }}
              >
                {t("noise.title")}
              </Button>
            )}
            <Button
              href={path.contact()}
              onClick={(event) => {
                event.preventDefault();
                void navigate(path.contact());
              }}
            >
              {t("onCall.contact")}
            </Button>
          </>
        }
      />
      <Answer of={onCall} bones={<PanelBones height={300} />}>
        {(rows) =>
          rows.length === 0 ? (
            <div className="panel">
              <Empty
                title={t("onCall.empty")}
                text={t("onCall.emptyText")}
                example={EXAMPLE}
                action={<a href={path.settings("configuration")}>{t("onCall.emptyAction")}</a>}
              />
            </div>
          ) : (
            rows.map((row) => <Team key={row.team.id} row={row} />)
          )
        }
      </Answer>
    </div>
  );
}

function Team({ row }: { row: OnCall }) {
  const { t, language } = useText();
  const session = useSession();
  const may = useMay();
  const now = useNow(20);
  const [offset, setOffset] = useState(0);
  const [standIn, setStandIn] = useState<Stretch | "now" | null>(null);
  const [editing, setEditing] = useState(false);
  const [layers, setLayers] = useState(row.rota.layers.length > 1);
  const first = useMemo(() => addDays(mondayOf(new Date()), offset * 7), [offset]);
  const to = useMemo(() => addDays(first, WEEKS * 7), [first]);
  const board = useQuery({
    ...onCallQueries.board(row.team.id, first.toISOString(), addDays(first, 14).toISOString()),
    enabled: layers,
  });
  const shifts = useQuery(onCallQueries.shifts(row.team.id, first.toISOString(), to.toISOString()));
  const members = row.rota?.members ?? [];
  const me = session?.person.id;
  const gap = row.gaps?.[0];
  return (
    <section className="panel on-call-team">
      <header className="on-call-head">
        <div className="grow">
          <h2>{nameIn(language, row.team.display)}</h2>
          {row.rota && (
            <p className="faint">
              {row.rota.handover &&
                t("onCall.handover", { at: handoverText(row.rota.handover, language), zone: row.rota.zone })}
              {" · "}
              {t("onCall.escalates", { after: span(row.rota.ack_limit_secs, language) })}
            </p>
          )}
        </div>
        <ActionButton icon={<PencilRuler size={15} />} reason={may("on_call.write")} onClick={() => setEditing(true)}>
          {t("onCall.edit")}
        </ActionButton>
        <ActionButton icon={<UserPlus size={15} />} reason={may("on_call.write")} onClick={() => setStandIn("now")}>
          {t("onCall.standIn")}
        </ActionButton>
      </header>
      <div className="duty">
        <div className={`duty-now${row.now ? "" : " nobody"}`}>
          <small>{t("onCall.now")}</small>
          {row.now ? (
            <>
              <span className="row duty-name">
                <Avatar name={nameIn(language, row.now.person.display)} size={38} />
                <span>
                  <b>
                    {nameIn(language, row.now.person.display)}
                    {row.now.person.id === me && <span className="tag you">{t("onCall.you")}</span>}
                  </b>
                  <span className="muted">
                    {row.now.until && (
                      <Tooltip title={instant(row.now.until, language)}>
                        <span>
                          {t("onCall.until", {
                            at: shortInstant(row.now.until),
                            left: span((Date.parse(row.now.until) - now) / 1000, language),
                          })}
                        </span>
                      </Tooltip>
                    )}
                  </span>
                </span>
              </span>
              {row.now.override && <span className="tag">{t("onCall.override")}</span>}
            </>
          ) : (
            <Status tone="bad" word={t("onCall.nobody")} />
          )}
        </div>
        <div className="duty-next">
          <small>{t("onCall.next")}</small>
          {row.next ? (
            <span className="row duty-name">
              <Avatar name={nameIn(language, row.next.person.display)} size={30} />
              <span>
                <b>{nameIn(language, row.next.person.display)}</b>
                <Tooltip title={instant(row.next.from, language)}>
                  <span className="muted">{t("onCall.from", { at: shortInstant(row.next.from) })}</span>
                </Tooltip>
              </span>
            </span>
          ) : (
            <span className="faint">—</span>
          )}
        </div>
        {gap && (
          <div className="duty-gap">
            <Status tone="attention" word={t("onCall.gap")} />
            <span className="muted">
              {shortInstant(gap.from)} – {shortInstant(gap.to)}
            </span>
          </div>
        )}
      </div>
      <div className="weeks-head row">
        <b>{t(layers ? "onCall.layersTitle" : "onCall.weeks")}</b>
        <Button size="small" type="link" onClick={() => setLayers(!layers)}>
          {t(layers ? "onCall.showWeeks" : "onCall.showLayers")}
        </Button>
        <span className="grow" />
        <Button
          size="small"
          type="text"
          icon={<ChevronLeft size={15} />}
          aria-label={t("onCall.earlier")}
          onClick={() => setOffset(offset - WEEKS)}
        />
        <Button size="small" type="text" disabled={offset === 0} onClick={() => setOffset(0)}>
          {t("onCall.today")}
        </Button>
        <Button
          size="small"
          type="text"
          icon={<ChevronRight size={15} />}
          aria-label={t("onCall.later")}
          onClick={() => setOffset(offset + WEEKS)}
        />
      </div>
      {layers ? (
        <Answer of={board} bones={<Bone h={150} />}>
          {(data) => (
            <BoardRows
              board={data}
              names={row.rota.layers.map((layer) => layer.name)}
              first={first}
              days={14}
              members={members}
              pick={may("on_call.write") ? undefined : setStandIn}
            />
          )}
        </Answer>
      ) : (
        <Answer
          of={shifts}
          bones={
            <div style={{ padding: "0 16px 16px" }}>
              <Bone h={150} />
            </div>
          }
        >
          {(data) => <Weeks shifts={data} first={first} members={members} now={now} me={me} />}
        </Answer>
      )}
      <div className="on-call-parts">
        <HandoverNote row={row} />
        <Swaps row={row} />
        <Escalation row={row} />
        <Fairness row={row} />
      </div>
      {editing && (
        <Suspense>
          <RotaEditor row={row} open close={() => setEditing(false)} />
        </Suspense>
      )}
      {standIn && (
        <Suspense>
          <StandIn stretch={standIn} close={() => setStandIn(null)} team={row.team} members={members} />
        </Suspense>
      )}
    </section>
  );
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
function handoverText(handover: string, language: "zh" | "en"): string {
  const [day = "", time = ""] = handover.split(/\s+/);
  const at = DAYS.indexOf(day.toLowerCase());
  if (at === -1) return handover;
  const name = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    weekday: "long",
    timeZone: "UTC",
  }).format(Date.UTC(2024, 0, 1 + at));
  return `${name} ${time}`;
}

function Weeks({
  shifts,
  first,
  members,
  now,
  me,
}: {
  shifts: Shift[];
  first: Date;
  members: Ref[];
  now: number;
  me: string | undefined;
}) {
  const { language } = useText();
  const rows = weeks(shifts, first, WEEKS);
  const dayName = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short" });
  return (
    <div className="weeks">
      <div className="week week-days" aria-hidden="true">
        {Array.from({ length: 7 }, (_, day) => (
          <span key={day}>{dayName.format(addDays(first, day))}</span>
        ))}
      </div>
      {rows.map((week) => {
        const nowAt =
          now >= week.from.getTime() && now < week.to.getTime()
            ? ((now - week.from.getTime()) / (week.to.getTime() - week.from.getTime())) * 100
            : null;
        return (
          <div key={week.from.toISOString()} className="week">
            {Array.from({ length: 7 }, (_, day) => {
              const date = addDays(week.from, day);
              return (
                <span key={day} className="day-cell">
                  <small>
                    {date.getDate() === 1 || day === 0 ? `${date.getMonth() + 1}/${date.getDate()}` : date.getDate()}
                  </small>
                </span>
              );
            })}
            {week.bars.map((bar) => (
              <ShiftBar
                key={`${bar.shift.from}${bar.left}`}
                bar={bar}
                place={members.findIndex((member) => member.id === bar.shift.person?.id)}
                mine={bar.shift.person?.id === me}
              />
            ))}
            {nowAt !== null && <i className="now-line" style={{ left: `${nowAt}%` }} />}
          </div>
        );
      })}
    </div>
  );
}

function ShiftBar({
  bar,
  place,
  mine,
}: {
  bar: ReturnType<typeof weeks>[number]["bars"][number];
  place: number;
  mine: boolean;
}) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const may = useMay();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const remove = useMutation({
    mutationFn: (id: string) => onCallActs.remove(id),
    onSuccess: () => message.success(t("onCall.removed")),
    onError: (error) => message.error(problemText(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ["on-call"] }),
  });
  const { shift } = bar;
  const who = shift.person ? nameIn(language, shift.person.display) : t("onCall.nobody");
  return (
    <Tooltip
      title={`${who} · ${shortInstant(shift.from)} – ${shortInstant(shift.to)}${shift.override_id ? ` · ${t("onCall.override")}` : ""}`}
    >
      <span
        className={`shift${shift.person ? "" : " nobody"}${shift.override_id ? " override" : ""}${mine ? " mine" : ""}${bar.startsHere ? "" : " continued"}${bar.endsHere ? "" : " goes-on"}`}
        style={{ left: `${bar.left}%`, width: `${bar.width}%`, ["--hue" as string]: hue(place) }}
      >
        <span className="clip">{bar.width > 9 ? who : ""}</span>
        {shift.override_id && !may("on_call.write") && Date.parse(shift.to) > Date.now() && bar.width > 2 && (
          <Popconfirm
            title={t("onCall.removeAsk")}
            okText={t("onCall.remove")}
            cancelText={t("kit.cancel")}
            onConfirm={() => shift.override_id && remove.mutate(shift.override_id)}
          >
            <button type="button" aria-label={t("onCall.removeOf", { who })}>
              <X size={12} />
            </button>
          </Popconfirm>
        )}
      </span>
    </Tooltip>
  );
}
