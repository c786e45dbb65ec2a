// Listen, analyse, act: what customers let us know, what it means together, what is done about it and whether it helped.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Input } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { Touchpoint, VoiceSignal } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, FailureNote, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { voiceActs, voiceQueries } from "./api";
import { Insights } from "./insights";
import "./voice.css";

const DAYS = 30;

/** Where a signal is seen whole. */
function whole(signal: VoiceSignal): string | null {
  if (signal.kind === "grievance") return path.grievance(signal.subject_id);
  if (signal.kind === "complaint") return path.complaint(signal.subject_id);
  if (signal.kind === "rating") return path.request(signal.subject_id);
  return signal.kind === "reopened" ? path.incident(signal.subject_id) : path.surveys();
}

export default function VoiceBoard() {
  const { t } = useText();
  const [touchpoint, setTouchpoint] = useState<Touchpoint | null>(null);
  const [chosen, setChosen] = useState<number[]>([]);
  const signals = useQuery(voiceQueries.signals({ days: DAYS, touchpoint: touchpoint ?? undefined, limit: 200 }));
  return (
    <div className="page">
      <PageHead title={t("voice.title")} sub={t("voice.sub")} />
      <div className="voice-grid">
        <Panel title={t("voice.listen")} hint={t("voice.days", { n: DAYS })}>
          <Counts value={touchpoint} set={setTouchpoint} />
          <Answer of={signals} bones={<PanelBones height={300} />}>
            {(page) =>
              page.items.length === 0 ? (
                <Empty compact title={t("voice.quiet")} text={t("voice.quietText")} />
              ) : (
                <ul className="voice-list">
                  {page.items.map((signal) => (
                    <Signal
                      key={signal.seq}
                      of={signal}
                      chosen={chosen.includes(signal.seq)}
                      choose={(on) =>
                        setChosen(on ? [...chosen, signal.seq] : chosen.filter((seq) => seq !== signal.seq))
                      }
                    />
                  ))}
                </ul>
              )
            }
          </Answer>
        </Panel>
        <div className="stack">
          <Make chosen={chosen} touchpoint={touchpoint} done={() => setChosen([])} />
          <Insights />
        </div>
      </div>
    </div>
  );
}

function Counts({ value, set }: { value: Touchpoint | null; set: (touchpoint: Touchpoint | null) => void }) {
  const { t } = useText();
  const board = useQuery(voiceQueries.board(DAYS));
  const touchpoints = [...new Set(board.data?.map((row) => row.touchpoint) ?? [])];
  return (
    <div className="row-wrap voice-counts">
      {touchpoints.map((touchpoint) => (
        <Button
          key={touchpoint}
          size="small"
          type={touchpoint === value ? "primary" : "default"}
          aria-pressed={touchpoint === value}
          onClick={() => set(touchpoint === value ? null : touchpoint)}
        >
          {t(`complaint.at.${touchpoint}`)}{" "}
          {board.data
            ?.filter((row) => row.touchpoint === touchpoint)
            .map((row) => `${t(`voice.kind.${row.kind}`)} ${row.n}`)
            .join(" · ")}
        </Button>
      ))}
    </div>
  );
}

function Signal({ of, chosen, choose }: { of: VoiceSignal; chosen: boolean; choose: (on: boolean) => void }) {
  const { t, language } = useText();
  const session = useSession();
  const to = whole(of);
  const word = `${t(`voice.kind.${of.kind}`)}${of.number === null ? "" : ` ${of.number}`}`;
  return (
    <li>
      <div className="row-wrap">
        {holds(session, "voice.write") && (
          <Checkbox checked={chosen} aria-label={word} onChange={(event) => choose(event.target.checked)} />
        )}
        {to ? <Link to={to}>{word}</Link> : <span>{word}</span>}
        {of.score !== null && <b className="num">{t("voice.score", { n: of.score })}</b>}
        <span className="muted">{t(`complaint.at.${of.touchpoint}`)}</span>
        {of.organisation && <span className="muted">{nameIn(language, of.organisation.display)}</span>}
        {of.used && <span className="faint">{t("voice.used")}</span>}
        <span className="faint">
          <Ago at={of.at} />
        </span>
      </div>
      {of.text && <p className="voice-text">{of.text}</p>}
    </li>
  );
}

function Make({ chosen, touchpoint, done }: { chosen: number[]; touchpoint: Touchpoint | null; done: () => void }) {
  const { t } = useText();
  const session = useSession();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const make = useMutation({
    mutationFn: () => voiceActs.make({ text, touchpoint, signals: chosen }),
    onSuccess: () => {
      setText("");
      done();
      void queries.invalidateQueries({ queryKey: ["voice"] });
    },
  });
  if (!holds(session, "voice.write")) return null;
  return (
    <Panel title={t("voice.analyse")} hint={t("voice.chosen", { n: chosen.length })}>
      {make.isError && <FailureNote error={make.error} />}
      <Input.TextArea
        aria-label={t("voice.insight")}
        placeholder={t("voice.insight")}
        autoSize={{ minRows: 2 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row-wrap voice-acts">
        <Button
          type="primary"
          disabled={!text.trim() || chosen.length === 0}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {t("voice.make")}
        </Button>
      </div>
    </Panel>
  );
}
