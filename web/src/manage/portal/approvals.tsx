// What waits for one's approval, and what one answered.
import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { Link } from "react-router";
import type { Approval } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { useFilters } from "@/kit/filter";
import { shortInstant } from "@/kit/format";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { money } from "../catalogue/shown";
import { requestQueries } from "../request/api";
import { requestNumber } from "../request/words";
import { PortalPage } from "./page";

export default function Approvals() {
  const { t } = useText();
  const { get, set } = useFilters();
  const past = get("view") === "past";
  const list = useQuery(requestQueries.approvals(past));
  return (
    <PortalPage title={t("portal.approvals")}>
      <div className="kinds">
        <Segmented
          value={past ? "past" : "waiting"}
          aria-label={t("portal.approvals")}
          options={(["waiting", "past"] as const).map((each) => ({ value: each, label: t(`portal.view.${each}`) }))}
          onChange={(each) => set("view", each === "past" ? "past" : "")}
        />
      </div>
      <Answer of={list} bones={<PanelBones height={200} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t("portal.noApprovals")} />
          ) : (
            <ul className="portal-list" aria-label={t("portal.approvals")}>
              {rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </ul>
          )
        }
      </Answer>
    </PortalPage>
  );
}

function Row({ row }: { row: Approval }) {
  const { t, language } = useText();
  return (
    <li>
      <Link to={path.portalRequest(row.request_id)} className="portal-item">
        <b>{nameIn(language, row.item)}</b>
        <span className="muted">
          {requestNumber(row.number)} · {row.requester.display}
          {row.price && ` · ${money(row.price.amount_minor, row.price.currency, language)}`}
        </span>
        <span className="faint">
          {row.submitted_at && <Ago at={row.submitted_at} />}
          {row.until && ` · ${t("request.until", { at: shortInstant(row.until) })}`}
          {row.approved !== null && ` · ${t(row.approved ? "request.saidYes" : "request.saidNo")}`}
        </span>
      </Link>
    </li>
  );
}
