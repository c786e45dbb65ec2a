import { Checkbox } from "antd";
import { memo } from "react";
import { Link } from "react-router";
import { useChanged } from "@/api/stream";
import type { DeskRow } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { OwnStatus } from "@/kit/own-status";
import { Ago } from "@/kit/time";
import { PriorityBadge } from "@/manage/incident/refs";
import { PersonRef } from "@/manage/party/refs";
import { pathOf } from "./line";
import { tagOf } from "./tag";

export const Row = memo(function Row({
  row,
  here,
  picked,
  pick,
  open,
}: {
  row: DeskRow;
  here: boolean;
  picked: boolean;
  pick: (id: string) => void;
  open: (row: DeskRow) => void;
}) {
  const { t, language } = useText();
  const changed = useChanged();
  const overdue = row.due_at !== null && Date.parse(row.due_at) < Date.now();
  const state = textOf(t, row.kind === "complaint" ? "complaint.step" : `${row.kind}.state`, row.state);
  const classes = ["queue-row", "desk-row", "item", here && "here", picked && "picked", changed(row.id) && "changed"];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the row's link and the list's keys do the same by keyboard
    <li
      data-row={row.id}
      className={classes.filter(Boolean).join(" ")}
      aria-current={here ? "true" : undefined}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a,input,label,button")) open(row);
      }}
    >
      <span className="pick">
        <Checkbox
          checked={picked}
          onChange={() => pick(row.id)}
          aria-label={t("incident.pick", { number: tagOf(row) })}
        />
      </span>
      {row.priority === null ? <span /> : <PriorityBadge priority={row.priority} />}
      <span className="number faint">{tagOf(row)}</span>
      <span className="title">
        <Link
          to={pathOf(row)}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            open(row);
          }}
        >
          {row.title || t("incident.erased")}
        </Link>
        <small>{nameIn(language, row.service?.display)}</small>
      </span>
      <span className="state clip">
        {t(`desk.kind.${row.kind}`)} · {row.status ? <OwnStatus status={row.status} state={state} /> : state}
      </span>
      <span className={`clock${overdue ? " is-bad" : ""}`}>
        {row.due_at ? <Ago at={row.due_at} /> : <span className="faint">{t("desk.neverDue")}</span>}
      </span>
      <span className="who">
        {row.person ? (
          <PersonRef id={row.person.id} display={row.person.display} size={22} />
        ) : (
          <span className="faint clip">{nameIn(language, row.team?.display) || t("incident.nobody")}</span>
        )}
      </span>
    </li>
  );
});
