import { queryOptions, useQuery } from "@tanstack/react-query";
import { ArrowRight, HeartHandshake, LifeBuoy, type LucideIcon, Rocket, ScrollText } from "lucide-react";
import { Link } from "react-router";
import { client, read } from "@/api/client";
import type { Figure, Home } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Answer, Bone, Empty } from "@/kit/answer";
import { useNow } from "@/kit/now";
import { Shape, type Tone } from "@/kit/status";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { useSession } from "@/shell/session";
import { FigureCard, leverText, toneOf, useEvidence } from "../figure/figure";
import "./home.css";

const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: () => read(client.GET("/api/v1/home")),
  refetchInterval: 60_000,
});
const ICONS: Record<string, LucideIcon> = {
  continuity: LifeBuoy,
  delivery: Rocket,
  experience: HeartHandshake,
  quality: ScrollText,
};
const BOARDS = ["continuity", "delivery", "experience", "quality"] as const;

export default function HomePage() {
  const { t, language } = useText();
  const session = useSession();
  const now = useNow(60);
  const home = useQuery(homeQuery);
  const [open, drawer] = useEvidence({ from: home.data?.from ?? "", to: home.data?.to ?? "" });
  const hour = new Date(now).getHours();
  const part = hour < 6 ? "night" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
  return (
    <div className="page home">
      <header className="home-head">
        <h1>{t(`home.greeting.${part}`, { who: nameIn(language, session?.person.display) })}</h1>
      </header>
      <Answer of={home} bones={<Bones />}>
        {(data) => (
          <>
            <NeedsYou rows={data.needs_you} />
            <div className="boards">
              {BOARDS.map((name) => {
                const board = data.boards.find((each) => each.board === name);
                return (
                  <Board
                    key={name}
                    name={name}
                    figures={board?.figures ?? []}
                    lever={board?.lever.code ?? null}
                    open={open}
                  />
                );
              })}
            </div>
          </>
        )}
      </Answer>
      {drawer}
    </div>
  );
}

function Bones() {
  return (
    <>
      <Bone h={52} r={10} />
      <div className="boards" style={{ marginTop: 16 }}>
        {[0, 1, 2, 3].map((n) => (
          <div key={n} className="panel board" style={{ padding: 16 }}>
            <Bone w="34%" h={16} />
            <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 24, marginTop: 20 }}>
              {[0, 1, 2, 3].map((m) => (
                <div key={m} style={{ display: "grid", gap: 8 }}>
                  <Bone w="70%" h={11} />
                  <Bone w="45%" h={24} />
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

const KIND_TONE: Record<string, Tone> = {
  page: "bad",
  incident: "bad",
  breach: "bad",
  due: "attention",
  unassigned: "attention",
  review: "active",
  approve: "active",
  comment: "active",
};

function toneOfKind(kind: string): Tone {
  const word = Object.keys(KIND_TONE).find((each) => kind.includes(each));
  return word ? (KIND_TONE[word] ?? "active") : "active";
}

function NeedsYou({ rows }: { rows: Home["needs_you"] }) {
  const { t } = useText();
  if (rows.length === 0) {
    return (
      <section className="needs-none panel">
        <span className="is-good">
          <Shape tone="good" size={12} />
        </span>
        <b>{t("home.nothing")}</b>
        <span className="muted">{t("home.nothingText")}</span>
      </section>
    );
  }
  return (
    <section className="panel needs" aria-label={t("home.needsYou")}>
      <h2>
        {t("home.needsYou")} <span className="count">{rows.length}</span>
      </h2>
      <ul>
        {rows.map((row) => {
          const tone = toneOfKind(row.kind);
          const to = row.incident_id
            ? path.incident(row.incident_id)
            : row.report_id
              ? path.report(row.report_id)
              : path.home();
          return (
            <li key={`${row.kind}${row.incident_id ?? row.report_id}`}>
              <Link to={to} className="need">
                <span className={`status is-${tone}`}>
                  <Shape tone={tone} />
                  {textOf(t, "home.kind", row.kind)}
                </span>
                <span className="grow clip">
                  {row.number !== null && (
                    <span className="faint">
                      {row.incident_id ? "INC-" : "SR-"}
                      {row.number}{" "}
                    </span>
                  )}
                  <b>{row.title}</b>
                </span>
                <span className="faint">
                  <Ago at={row.since} />
                </span>
                <ArrowRight size={14} aria-hidden />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Board({
  name,
  figures,
  lever,
  open,
}: {
  name: (typeof BOARDS)[number];
  figures: Figure[];
  lever: string | null;
  open: (figure: Figure) => void;
}) {
  const { t, language } = useText();
  const Icon = ICONS[name] ?? LifeBuoy;
  // What cannot be told yet is named, but does not take the room of what can.
  const told = figures.filter((figure) => figure.value !== null);
  const untold = figures.filter((figure) => figure.value === null);
  const judged = figures.filter((figure) => figure.met !== null);
  const missed = judged.filter((figure) => toneOf(figure) === "bad").length;
  const tone: Tone = judged.length === 0 ? "unknown" : missed > 0 ? "bad" : "good";
  return (
    <section className={`panel board board-${name}`}>
      <header>
        <Icon size={17} aria-hidden />
        <h2>{t(`home.board.${name}`)}</h2>
        <span className="grow" />
        <span className={`status is-${tone}`}>
          <Shape tone={tone} size={10} />
          {judged.length === 0
            ? t("home.noGoal")
            : missed > 0
              ? t("home.missed", { count: missed })
              : t("home.onCourse")}
        </span>
      </header>
      {told.length === 0 && untold.length === 0 ? (
        <Empty compact title={t("home.noFigures")} text={t(`home.teach.${name}`)} />
      ) : (
        <>
          <div className="figures">
            {told.map((figure) => (
              <FigureCard key={figure.id} figure={figure} open={() => open(figure)} />
            ))}
          </div>
          {untold.length > 0 && (
            <p className="untold">
              <span className="faint">{t("home.untold")}</span>
              {untold.map((figure) => (
                <button key={figure.id} type="button" className="tag" onClick={() => open(figure)}>
                  {nameIn(language, figure.name)}
                  {figure.about && <span className="faint"> {nameIn(language, figure.about)}</span>}
                </button>
              ))}
            </p>
          )}
        </>
      )}
      {lever && (
        <footer>
          <span className="faint">{t("home.lever")}</span> {leverText(t, lever)}
        </footer>
      )}
    </section>
  );
}
