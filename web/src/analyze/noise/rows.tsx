// The incidents behind a row's figures, each down to its events.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EventDrawer } from "@/analyze/figure/event-drawer";
import type { NoiseRow } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { shortInstant, span } from "@/kit/format";
import { Status, type Tone } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { IncidentRef } from "@/manage/incident/refs";
import { noiseQueries, type Period } from "./api";

const TONE: Record<NoiseRow["verdict"], Tone> = {
  actionable: "good",
  self_healed: "attention",
  untouched: "bad",
  undecided: "unknown",
};

export function Rows({
  of,
  title,
  period,
  close,
}: {
  of: string | null;
  title: string;
  period: Period;
  close: () => void;
}) {
  const { t, language } = useText();
  const rows = useQuery({ ...noiseQueries.rows(of ?? "", period), enabled: of !== null });
  const [event, setEvent] = useState<number | null>(null);
  const columns: Column<NoiseRow & { id: string }>[] = [
    {
      key: "incident",
      head: t("noise.incidents"),
      cell: (row) => (
        <>
          <p>
            <IncidentRef id={row.incident_id} number={row.number} /> <span className="faint">{row.name}</span>
          </p>
          <p className="faint">{shortInstant(row.opened_at)}</p>
        </>
      ),
    },
    {
      key: "verdict",
      head: t("noise.verdict.label"),
      cell: (row) => <Status tone={TONE[row.verdict]} word={t(`noise.verdict.${row.verdict}`)} />,
    },
    {
      key: "pages",
      head: t("noise.pages"),
      num: true,
      cell: (row) => (
        <>
          {row.pages}
          {row.night_pages > 0 && <small className="faint"> {t("noise.nightN", { n: row.night_pages })}</small>}
        </>
      ),
    },
    {
      key: "ack",
      head: t("noise.answered"),
      num: true,
      wideOnly: true,
      cell: (row) => (row.answered_secs === null ? "—" : span(row.answered_secs, language)),
    },
    {
      key: "events",
      head: t("noise.events"),
      wideOnly: true,
      cell: (row) => (
        <span className="row-wrap" style={{ gap: 4 }}>
          {row.event_seqs.map((seq) => (
            <button type="button" key={seq} className="link-button" onClick={() => setEvent(seq)}>
              #{seq}
            </button>
          ))}
        </span>
      ),
    },
  ];
  return (
    <Drawer open={of !== null} close={close} size={760} title={title}>
      <Answer of={rows} bones={<TableBones rows={5} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty compact title={t("noise.noRows")} />
          ) : (
            <Table label={title} columns={columns} rows={list.map((row) => ({ ...row, id: row.incident_id }))} />
          )
        }
      </Answer>
      <EventDrawer seq={event} close={() => setEvent(null)} />
    </Drawer>
  );
}
