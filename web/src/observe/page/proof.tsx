// Who was told of an incident, and how far each message came.
import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { client, read } from "@/api/client";
import { nameIn, textOf, useText } from "@/i18n";
import { instant, timeOfDay } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status, type Tone } from "@/kit/status";
import "./page.css";
import { stageOf } from "./stage";

const TONE: Record<string, Tone> = {
  acknowledged: "good",
  read: "good",
  arrived: "good",
  accepted: "active",
  queued: "unknown",
  held: "unknown",
  undelivered: "bad",
  dead: "bad",
  dropped: "unknown",
};

export function ProofOfPages({ incident, open }: { incident: string; open: boolean }) {
  const { t, language } = useText();
  const pages = useQuery({
    queryKey: ["incident", incident, "pages"],
    queryFn: () => read(client.GET("/api/v1/incidents/{id}/pages", { params: { path: { id: incident } } })),
    refetchInterval: open ? 15_000 : false,
  });
  if (!pages.data || pages.data.length === 0) return null;
  return (
    <Panel title={t("page.proof")}>
      <ul className="proofs">
        {pages.data.map((page) => {
          const stage = stageOf(page);
          return (
            <li key={page.id}>
              <span className="grow">
                <b>{nameIn(language, page.person.display)}</b>{" "}
                <span className="muted">{textOf(t, "incident.channel", page.channel)}</span>
                <span className="faint"> · {t(`page.reason.${page.reason}`)}</span>
              </span>
              <Tooltip title={page.receipt ?? undefined}>
                <span>
                  <Status tone={TONE[stage.word] ?? "unknown"} word={t(`page.stage.${stage.word}`)} />
                </span>
              </Tooltip>
              <Tooltip title={instant(stage.at, language)}>
                <span className="faint">{timeOfDay(stage.at)}</span>
              </Tooltip>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
