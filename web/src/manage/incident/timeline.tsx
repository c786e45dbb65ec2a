// What happened, newest first: events, notes, and pages with the proof that they arrived.
import { useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import {
  ArrowRight,
  BellOff,
  BellRing,
  Check,
  CircleCheckBig,
  Combine,
  Crosshair,
  Flag,
  Gauge,
  HeartPulse,
  Link2,
  ListChecks,
  type LucideIcon,
  Mail,
  Megaphone,
  MessageSquare,
  MessagesSquare,
  OctagonAlert,
  Pause,
  Phone,
  Siren,
  Split,
  TextCursorInput,
  TimerOff,
  UserCheck,
  Workflow,
} from "lucide-react";
import { useState } from "react";
import { EventDrawer } from "@/analyze/figure/event-drawer";
import type { ChatMessage, IncidentMails, TimelineEntry, Words } from "@/api/types";
import { nameIn, type Translate, textOf, useText } from "@/i18n";
import { ago, instant, millis, shortInstant } from "@/kit/format";
import { useNow } from "@/kit/now";
import type { Tone } from "@/kit/status";
import { agreementQueries } from "@/manage/agreement/api";
import { reasonText } from "@/manage/automation/trial";
import { ChatsOfNote, filesOf, MailsOfNote, mailsOf } from "@/manage/mail/on-note";
import { useNames } from "@/manage/party/names";
import { settle } from "./settle";

export interface Told {
  icon: LucideIcon;
  tone?: Tone;
  title: string;
  sub?: string;
  proof?: string;
  note?: "public" | "internal";
  quiet?: boolean;
}

/** `probe:shop-health` → `shop-health`. */
const causeOf = (value: unknown): string => str(value).replace(/^probe:/, "");
/** Without a mail server a mail is kept as a file: said in words, its name only as far as it tells it from others. */
const KEPT = /^file ([\w-]+)\.eml$/;
const receiptOf = (value: unknown, t: Translate): string => {
  const file = KEPT.exec(str(value))?.[1];
  return file ? t("incident.proof.kept", { file: `${file.slice(0, 8)}….eml` }) : str(value);
};
const str = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

export function tell(
  entry: TimelineEntry & { settled?: TimelineEntry },
  t: Translate,
  name: (id: unknown) => string,
  agreement: (name: string) => string,
): Told {
  const d = entry.data;
  const state = (value: unknown) => textOf(t, "incident.state", str(value));
  const channel = textOf(t, "incident.channel", str(d.channel));
  switch (entry.kind) {
    case "incident.opened": {
      const origin =
        typeof d.origin === "object" && d.origin !== null ? str((d.origin as { type?: unknown }).type) : str(d.origin);
      const by = str((d.origin as { channel?: unknown } | null)?.channel);
      return {
        icon: Flag,
        tone: "bad",
        title: t("incident.told.opened"),
        sub: [
          t("incident.told.openedBy", { origin: textOf(t, "incident.origin", origin), priority: str(d.priority) }),
          by && textOf(t, "incident.by", by),
        ]
          .filter(Boolean)
          .join(" · "),
      };
    }
    case "alert.fired": {
      const look = d.look as { detail?: string; duration_ms?: number } | undefined;
      return {
        icon: OctagonAlert,
        tone: "bad",
        title: t("incident.told.fired", { probe: str(d.probe) }),
        sub: [look?.detail, look?.duration_ms === undefined ? null : millis(look.duration_ms)]
          .filter(Boolean)
          .join(" · "),
      };
    }
    case "incident.alert_joined":
      return { icon: OctagonAlert, tone: "bad", title: t("incident.told.joined"), sub: str(d.probe) };
    case "incident.alert_cleared":
      return {
        icon: HeartPulse,
        tone: "good",
        title: t("incident.told.cleared"),
        sub: [str(d.probe), t("incident.told.stillFiring", { n: str(d.firing) })].filter(Boolean).join(" · "),
      };
    case "alert.resolved":
      return {
        icon: HeartPulse,
        tone: "good",
        title: t("incident.told.alertResolved"),
        sub: causeOf(d.cause),
        quiet: true,
      };
    case "incident.assigned":
      return {
        icon: UserCheck,
        title: t("incident.told.assigned", {
          who: [name(d.person_id), name(d.team_id)].filter(Boolean).join(" · ") || t("incident.nobody"),
        }),
      };
    case "incident.acknowledged":
      return {
        icon: Check,
        tone: "active",
        title: t("incident.told.acknowledged", { who: name(d.person_id) }),
        sub: textOf(t, "incident.via", str(d.via)),
      };
    case "incident.transitioned": {
      const resolved = d.to === "resolved" || d.to === "closed";
      const why = [
        d.hold ? t(`incident.hold.${str(d.hold)}`) : "",
        d.reason ? textOf(t, "incident.reason", str(d.reason)) : "",
      ]
        .filter(Boolean)
        .join(" · ");
      return {
        icon: resolved ? CircleCheckBig : d.to === "on_hold" ? Pause : ArrowRight,
        tone: resolved ? "good" : d.to === "reopened" ? "bad" : d.to === "in_progress" ? "active" : undefined,
        title: t("incident.told.transitioned", { from: state(d.from), to: state(d.to) }),
        sub: why,
      };
    }
    case "incident.reprioritised":
      return {
        icon: Gauge,
        tone: "attention",
        title: t("incident.told.reprioritised", { from: str(d.from), to: str(d.to) }),
      };
    case "incident.noted":
      return {
        icon:
          d.medium === "call"
            ? Phone
            : d.medium === "mail"
              ? Mail
              : d.medium === "chat"
                ? MessagesSquare
                : MessageSquare,
        title: t(`incident.told.noted.${d.visibility === "public" ? "public" : "internal"}`, {
          medium: textOf(t, "incident.medium", str(d.medium)),
        }),
        note: d.visibility === "public" ? "public" : "internal",
      };
    case "incident.files_attached":
      return { icon: MessageSquare, title: t("incident.told.files"), quiet: true };
    case "incident.located":
      return {
        icon: Crosshair,
        tone: "active",
        title: t("incident.told.located"),
        sub: textOf(t, "incident.basis", str(d.basis)),
        note: entry.text ? "internal" : undefined,
      };
    case "incident.restored":
      return {
        icon: HeartPulse,
        tone: "good",
        title: t("incident.told.restored"),
        sub: textOf(t, "fault.basisOf", str(d.basis)),
      };
    case "incident.major_transitioned":
      return {
        icon: Siren,
        tone: d.to === "declared" ? "bad" : d.to === "demoted" || d.to === "candidate" ? undefined : "good",
        title: t("incident.told.major.transitioned", { to: textOf(t, "incident.major.state", str(d.to)) }),
        note: entry.text ? "internal" : undefined,
      };
    case "incident.major_role_given":
      return {
        icon: UserCheck,
        title: t("incident.told.major.role", {
          who: name(d.person_id),
          role: textOf(t, "incident.major.roleOf", str(d.role)),
        }),
      };
    case "incident.major_joined":
    case "incident.major_left":
      return {
        icon: UserCheck,
        title: t(`incident.told.major.${entry.kind === "incident.major_joined" ? "joined" : "left"}`, {
          who: name(d.person_id),
        }),
        sub: d.role ? textOf(t, "incident.major.roleOf", str(d.role)) : undefined,
      };
    case "incident.major_update_missed":
      return { icon: TimerOff, tone: "bad", title: t("incident.told.major.missed") };
    case "incident.major_updated":
      return { icon: Siren, title: t("incident.told.major.updated"), quiet: true };
    case "incident.major_arranged":
      return { icon: Siren, title: t("incident.told.major.arranged"), quiet: true };
    case "incident.cause_named":
      return { icon: Crosshair, title: t("incident.told.cause") };
    case "change.transitioned":
      return {
        icon: ArrowRight,
        title: t("incident.told.changeMoved", { to: textOf(t, "change.state", str(d.to)) }),
        note: entry.text ? "internal" : undefined,
      };
    case "incident.checklist_added":
      return { icon: ListChecks, title: t("incident.told.checklistAdded"), quiet: true };
    case "incident.checklist_checked":
      return {
        icon: ListChecks,
        title: t(d.done ? "incident.told.checklistDone" : "incident.told.checklistUndone"),
        quiet: true,
      };
    case "incident.ruled": {
      const because = (d.because as { test: string; saw?: string | null; held: boolean }[] | undefined) ?? [];
      const after = (d.after as string[] | undefined) ?? [];
      return {
        icon: Workflow,
        tone: d.outcome === "acted" ? undefined : "attention",
        title: t(`automation.told.${str(d.outcome)}`, { rule: str(d.rule), version: str(d.version) }),
        sub: [
          textOf(t, "automation.whenOf", str(d.when)),
          ...because.map((each) => reasonText(t, each, name)),
          after.length > 0 ? t("automation.told.after", { rules: after.join(" → ") }) : "",
        ]
          .filter(Boolean)
          .join(" · "),
      };
    }
    case "incident.macro_run":
      return { icon: Workflow, title: t("automation.told.macro", { name: str(d.name) }) };
    case "incident.field_set":
      return {
        icon: TextCursorInput,
        title: t("automation.told.field", {
          field: str(d.field),
          value: d.text
            ? ""
            : typeof d.value === "boolean"
              ? t(d.value ? "automation.yes" : "automation.no")
              : Array.isArray(d.value)
                ? d.value.join(", ")
                : name(d.value) || str(d.value) || t("automation.told.nothing"),
        }),
        note: entry.text ? "internal" : undefined,
      };
    case "incident.status_set":
      return {
        icon: Workflow,
        title: d.status
          ? t("automation.told.status", { status: name(d.title) || str(d.status) })
          : t("automation.told.noStatus"),
      };
    case "incident.merged":
      return { icon: Combine, title: t("incident.told.merged") };
    case "incident.linked":
      return {
        icon: Link2,
        title: t("incident.told.linked", { relation: textOf(t, "incident.relation", str(d.relation)) }),
      };
    case "incident.split":
      return { icon: Split, title: t("incident.told.split") };
    case "incident.retargeted":
      return { icon: Gauge, title: t("incident.told.retargeted"), quiet: true };
    case "status_post.updated":
      return {
        icon: Megaphone,
        tone: d.state === "resolved" || d.state === "completed" ? "good" : "active",
        title: t("incident.told.statusUpdated", { state: textOf(t, "statusPage.postState", str(d.state)) }),
      };
    case "status_post.corrected":
      return { icon: Megaphone, title: t("incident.told.statusCorrected"), quiet: true };
    case "page.queued": {
      const settled = entry.settled;
      const proof = settled
        ? settled.kind === "page.delivered"
          ? t("incident.proof.delivered", {
              receipt: receiptOf(settled.data.receipt, t),
              attempts: str(settled.data.attempts),
            })
          : t("incident.proof.failed", { error: str(settled.data.error), attempts: str(settled.data.attempts) })
        : t("incident.proof.waiting");
      return {
        icon: BellRing,
        tone: settled?.kind === "page.failed" ? "bad" : d.reason === "firing" ? "attention" : undefined,
        title: t(
          `incident.told.paged.${d.reason === "firing" ? "firing" : d.reason === "resolved" ? "resolved" : "closed"}`,
          { who: name(d.person_id), channel },
        ),
        sub: d.reason === "firing" ? t("incident.told.step", { n: str(d.step) }) : undefined,
        proof,
      };
    }
    case "page.delivered":
      return {
        icon: BellRing,
        title: t("incident.told.delivered", { who: name(d.person_id), channel }),
        proof: receiptOf(d.receipt, t),
        quiet: true,
      };
    case "page.failed":
      return {
        icon: BellOff,
        tone: "bad",
        title: t("incident.told.failed", { who: name(d.person_id), channel }),
        proof: str(d.error),
      };
    case "page.acknowledged":
      return {
        icon: Check,
        tone: "active",
        title: t("incident.told.acknowledged", { who: name(d.person_id) }),
        sub: textOf(t, "incident.via", str(d.via)),
        quiet: true,
      };
    case "page.held":
    case "page.arrived":
    case "page.missed":
    case "page.read":
    case "page.reworded":
    case "page.asked": {
      const what = entry.kind.slice("page.".length);
      const key = what === "asked" ? (d.what === "resolve" ? "askedResolve" : "askedEscalate") : what;
      return {
        icon: what === "missed" ? BellOff : BellRing,
        tone: what === "missed" ? "bad" : what === "reworded" ? "attention" : undefined,
        title: t(`incident.told.page.${key}`, { who: name(d.person_id), channel }),
        proof: str(d.receipt ?? d.error ?? (d.why === "no_receipt" ? "" : d.why)),
        quiet: what === "held" || what === "arrived" || what === "read",
      };
    }
    case "page.nobody":
      return {
        icon: BellOff,
        tone: "bad",
        title: t("incident.told.nobody"),
        sub: textOf(t, "incident.why", str(d.why)),
      };
    case "clock.breached":
      return {
        icon: TimerOff,
        tone: "bad",
        title: t("incident.told.breached", { goal: textOf(t, "clock.goal", str(d.goal)) }),
        sub: agreement(str(d.agreement)),
      };
    default:
      return { icon: ArrowRight, title: entry.kind, quiet: true };
  }
}

const FIRST = 40;

const NO_CHATS: ChatMessage[] = [];

export function Timeline({
  entries,
  mails,
  chats = NO_CHATS,
}: {
  entries: TimelineEntry[];
  mails?: IncidentMails;
  chats?: ChatMessage[];
}) {
  const { t, language } = useText();
  const name = useNames();
  const now = useNow(30);
  const [all, setAll] = useState(false);
  const [event, setEvent] = useState<number | null>(null);
  const agreements = useQuery({
    ...agreementQueries.all(),
    enabled: entries.some((entry) => entry.kind === "clock.breached"),
  });
  const agreementOf = (code: string) =>
    nameIn(language, agreements.data?.find((each) => each.name === code)?.display) || code;
  const told = settle(entries)
    .map((entry) => {
      const nameOf = (id: unknown) =>
        typeof id === "object"
          ? nameIn(language, id as Words | null)
          : nameIn(language, entry.names[String(id)]) || name(id);
      return { entry, told: tell(entry, t, nameOf, agreementOf) };
    })
    .reverse();
  const plain = told.filter((each) => !each.told.quiet);
  const shown = all ? told : plain.slice(0, FIRST);
  const hidden = told.length - shown.length;
  return (
    <>
      <ol className="timeline" aria-label={t("incident.timeline")}>
        {shown.map(({ entry, told: it }) => {
          const Icon = it.icon;
          const actor =
            entry.actor.kind === "system" ? textOf(t, "incident.actor", entry.actor.id) : entry.actor.display;
          const late = Date.parse(entry.recorded_at) - Date.parse(entry.at) > 60_000;
          return (
            <li key={entry.seq}>
              <span className={`dot${it.tone ? ` is-${it.tone}` : ""}`}>
                <Icon size={12.5} aria-hidden />
              </span>
              <div className="what">
                <span className="first">
                  <b>{it.title}</b> <span className="sub">{[it.sub, actor].filter(Boolean).join(" · ")}</span>
                  {late && (
                    <span className="sub">
                      {" "}
                      · {t("incident.recordedLater", { at: shortInstant(entry.recorded_at) })}
                    </span>
                  )}
                </span>
                {entry.text && entry.kind !== "incident.opened" && (
                  <div className={`note ${it.note ?? "internal"}`}>{entry.text}</div>
                )}
                {entry.kind === "incident.noted" && (
                  <>
                    <MailsOfNote
                      mails={mailsOf(mails, entry.data.note_id)}
                      files={filesOf(mails, entry.data.note_id)}
                    />
                    <ChatsOfNote chats={chats.filter((chat) => chat.note_id === entry.data.note_id)} />
                  </>
                )}
                {it.proof && (
                  <div>
                    <span className="proof">{it.proof}</span>
                  </div>
                )}
              </div>
              <Tooltip title={`${instant(entry.at, language)} · #${entry.seq}`}>
                <button
                  type="button"
                  className="at link-button"
                  style={{ color: "var(--text-3)" }}
                  onClick={() => setEvent(entry.seq)}
                >
                  <time dateTime={entry.at}>{ago(Date.parse(entry.at), now, language)}</time>
                </button>
              </Tooltip>
            </li>
          );
        })}
      </ol>
      {(hidden > 0 || all) && told.length > Math.min(plain.length, FIRST) && (
        <div className="quiet-toggle">
          <Button size="small" type="text" onClick={() => setAll(!all)}>
            {all ? t("incident.showLess") : t("incident.showAll", { count: hidden })}
          </Button>
        </div>
      )}
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </>
  );
}
