// How long people were at a ticket: a timer, minutes, corrections.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, InputNumber } from "antd";
import { Timer } from "lucide-react";
import { useImperativeHandle, useRef, useState } from "react";
import type { TimeEntry } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Bone, FailureNote } from "@/kit/answer";
import { useNow } from "@/kit/now";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { useMay, useSession } from "@/shell/session";
import { deskActs, deskQueries, type TicketKind, useDeskAct } from "./api";
import { KeyHint } from "./help";
import { minutesOf, start, startedAt, stop } from "./timer";

export interface TimeHandle {
  /** Starts the timer; when it runs, stops it and asks what was done. */
  press: () => void;
}

export function TimePanel({ kind, id, ref }: { kind: TicketKind; id: string; ref?: React.Ref<TimeHandle> }) {
  const { t } = useText();
  const person = useSession()?.person.id ?? "";
  const may = useMay();
  const time = useQuery(deskQueries.time(kind, id));
  const [running, setRunning] = useState(() => startedAt(localStorage, person, id));
  const [asked, setAsked] = useState<{ minutes: number; corrects?: TimeEntry } | null>(null);
  const press = () => {
    if (may("incident.write")) return;
    if (running === null) {
      start(localStorage, person, id, Date.now());
      setRunning(Date.now());
      return;
    }
    setAsked({ minutes: minutesOf(running, Date.now()) });
  };
  useImperativeHandle(ref, () => ({ press }));
  const over = (sent: boolean) => {
    if (sent && asked && !asked.corrects) {
      stop(localStorage, person, id);
      setRunning(null);
    }
    setAsked(null);
  };
  return (
    <Panel
      title={t("desk.time.title")}
      hint={time.data && t("desk.time.sum", { minutes: time.data.minutes })}
      actions={
        may("incident.write") === null && (
          <span className="row">
            <Button size="small" icon={<Timer size={14} />} aria-keyshortcuts="t" onClick={press}>
              {running === null ? t("desk.time.start") : <Running since={running} />} <KeyHint does="time" />
            </Button>
            <Button size="small" onClick={() => setAsked({ minutes: 15 })}>
              {t("desk.time.add")}
            </Button>
          </span>
        )
      }
    >
      {asked && <TimeForm key={asked.corrects?.id} kind={kind} id={id} asked={asked} over={over} />}
      <Answer of={time} bones={<Bone />}>
        {(found) =>
          found.entries.length === 0 ? (
            <p className="faint">{t("desk.time.none")}</p>
          ) : (
            <ul className="stack desk-time">
              {found.entries.map((entry) => (
                <li key={entry.id} className="row-wrap">
                  <b className="num">{t("desk.time.minutes", { minutes: entry.minutes })}</b>
                  <span className="grow">
                    {entry.person.display}
                    {entry.text && <span className="muted"> · {entry.text}</span>}
                    {entry.corrects && <span className="faint"> · {t("desk.time.correction")}</span>}
                  </span>
                  <span className="faint">
                    <Ago at={entry.spent_at} />
                  </span>
                  {entry.person.id === person && !entry.corrects && (
                    <Button
                      size="small"
                      type="text"
                      onClick={() => setAsked({ minutes: Math.max(0, entry.minutes), corrects: entry })}
                    >
                      {t("desk.time.correct")}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  );
}

function Running({ since }: { since: number }) {
  const { t } = useText();
  useNow(10);
  return <>{t("desk.time.running", { minutes: minutesOf(since, Date.now()) })}</>;
}

function TimeForm({
  kind,
  id,
  asked,
  over,
}: {
  kind: TicketKind;
  id: string;
  asked: { minutes: number; corrects?: TimeEntry };
  over: (sent: boolean) => void;
}) {
  const { t } = useText();
  const [minutes, setMinutes] = useState<number | null>(asked.minutes);
  const [text, setText] = useState("");
  const record = useDeskAct(deskActs.record, () => over(true));
  const correct = useDeskAct(deskActs.correct, () => over(true));
  const words = useRef<HTMLFormElement>(null);
  const failed = record.error ?? correct.error;
  const send = () => {
    if (minutes === null || record.isPending || correct.isPending) return;
    if (asked.corrects) correct.mutate([asked.corrects.id, minutes, text.trim()]);
    else record.mutate([kind, id, minutes, text.trim()]);
  };
  return (
    <form
      ref={words}
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") over(false);
      }}
    >
      {failed && <FailureNote error={failed} />}
      <div className="row-wrap">
        <InputNumber
          autoFocus
          min={asked.corrects ? 0 : 1}
          max={1_440}
          precision={0}
          value={minutes}
          onChange={setMinutes}
          aria-label={t("desk.time.length")}
          suffix={t("desk.time.unit")}
          style={{ width: 130 }}
        />
        <Input
          className="grow"
          style={{ flex: 1, minWidth: 140 }}
          value={text}
          maxLength={2_000}
          onChange={(event) => setText(event.target.value)}
          placeholder={t(asked.corrects ? "desk.time.why" : "desk.time.what")}
          aria-label={t(asked.corrects ? "desk.time.why" : "desk.time.what")}
        />
        <Button onClick={() => over(false)}>{t("kit.cancel")}</Button>
        <Button
          type="primary"
          htmlType="submit"
          loading={record.isPending || correct.isPending}
          disabled={minutes === null}
        >
          {t("desk.time.save")}
        </Button>
      </div>
    </form>
  );
}
