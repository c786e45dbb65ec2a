// One release: where it stands, how far its roll-out is, what is in it, what happened.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import type { ReleaseDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Bone, PanelBones } from "@/kit/answer";
import { PageHead, Panel } from "@/kit/panel";
import { PersonRef } from "@/manage/party/refs";
import { ServiceRef } from "@/manage/service/refs";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { type ReleaseAct, releaseQueries } from "./api";
import { Board } from "./board";
import { Contents, Settled } from "./contents";
import { History } from "./history";
import { Notes } from "./notes";
import { ReleaseStatus } from "./refs";
import { releaseNumber } from "./words";

const ActDialog = lazy(() => import("./act-dialog").then((part) => ({ default: part.ActDialog })));
const ReleaseForm = lazy(() => import("./form").then((part) => ({ default: part.ReleaseForm })));

/** The way of a release that goes well, so that one sees what is left of it. */
const TRACK = ["planned", "built", "approved", "rolling_out", "verified", "closed"] as const;
const BACK = ["planned", "built", "approved", "rolling_out", "rolled_back", "closed"] as const;

/** The server's words for what is allowed, what one mostly does next first. */
const ACTS: [string, ReleaseAct][] = [
  ["approve", { what: "approve" }],
  ["build", { what: "build" }],
  ["start", { what: "start" }],
  ["verify", { what: "verify" }],
  ["close", { what: "close" }],
  ["roll_back", { what: "rollBack" }],
  ["rework", { what: "rework" }],
  ["cancel", { what: "cancel" }],
];

export default function ReleasePage() {
  const { id = "" } = useParams();
  const release = useQuery(releaseQueries.one(id));
  if (release.error instanceof Refusal && release.error.status === 404) return <Missing />;
  return (
    <Answer
      of={release}
      bones={
        <div className="page">
          <Bone w="40%" h={26} />
          <PanelBones height={200} />
        </div>
      }
    >
      {(found) => <Detail release={found} />}
    </Answer>
  );
}

function Detail({ release }: { release: ReleaseDetail }) {
  const { t, language } = useText();
  const [asked, setAsked] = useState<ReleaseAct | null>(null);
  const [editing, setEditing] = useState(false);
  const acts = ACTS.filter(([word]) => release.allowed.includes(word));
  const track: readonly string[] = release.rolled_back ? BACK : TRACK;
  const here = track.indexOf(release.state);
  const staff = release.author !== null;
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.releases(), label: t("release.releases") }}
        title={
          <>
            <span className="faint">{releaseNumber(release.number)}</span> {release.name}{" "}
            {release.title || t("release.erased")}
          </>
        }
        sub={
          <span className="row-wrap">
            <ReleaseStatus release={release} />
            {release.mode && <span>{t(`release.mode.${release.mode}`)}</span>}
            {release.services.map((each) => (
              <ServiceRef key={each.id} id={each.id} display={each.display}>
                {nameIn(language, each.display)}
              </ServiceRef>
            ))}
            {release.author && <PersonRef id={release.author.id} display={release.author.display} />}
          </span>
        }
        actions={
          <>
            {acts.map(([word, act], place) => (
              <Button
                key={word}
                type={place === 0 ? "primary" : "default"}
                danger={word === "roll_back"}
                onClick={() => setAsked(act)}
              >
                {t(`release.act.${act.what}`)}
              </Button>
            ))}
            {release.allowed.includes("approve") && (
              <Button onClick={() => setAsked({ what: "sendBack" })}>{t("release.act.sendBack")}</Button>
            )}
            {release.allowed.includes("edit") && (
              <Button onClick={() => setEditing(true)}>{t("release.act.edit")}</Button>
            )}
          </>
        }
      />
      {release.state !== "cancelled" && (
        <ol className="ticket-track" aria-label={t("release.way")}>
          {track.map((state, place) => (
            <li key={state} aria-current={place === here ? "step" : undefined} className={place <= here ? "past" : ""}>
              {t(`release.state.${state}`)}
            </li>
          ))}
        </ol>
      )}
      {staff ? (
        <>
          <Board release={release} ask={setAsked} />
          <div className="ticket-grid">
            <div className="stack">
              <Panel title={t("release.rollBack")}>
                <p className="ticket-text">{release.roll_back ?? t("release.noRollBack")}</p>
                {release.outcome && (
                  <>
                    <b>{t("release.outcome")}</b>
                    <p className="ticket-text">{release.outcome}</p>
                  </>
                )}
              </Panel>
              <Contents release={release} />
              <History release={release} />
            </div>
            <div className="stack">
              <Settled release={release} />
              <Notes release={release} />
              <Panel title={t("release.evidence")}>
                <p className="ticket-text">{release.evidence ?? t("release.noEvidence")}</p>
              </Panel>
            </div>
          </div>
        </>
      ) : (
        <Notes release={release} />
      )}
      {asked && (
        <Suspense>
          <ActDialog release={release} act={asked} close={() => setAsked(null)} />
        </Suspense>
      )}
      {editing && (
        <Suspense>
          <ReleaseForm of={release} close={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}
