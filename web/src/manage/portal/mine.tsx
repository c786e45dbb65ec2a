// What one asked for.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { RequestItem } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Empty, PanelBones } from "@/kit/answer";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { requestQueries } from "../request/api";
import { Next } from "../request/next";
import { RequestState } from "../request/state";
import { requestNumber } from "../request/words";
import { PortalPage } from "./page";

export default function Mine() {
  const { t } = useText();
  const list = useQuery(requestQueries.list({ mine: true, limit: 100 }));
  return (
    <PortalPage title={t("portal.mine")}>
      <Answer of={list} bones={<PanelBones height={220} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty
              title={t("portal.noRequests")}
              text={t("portal.noRequestsText")}
              action={<Link to={path.portal()}>{t("portal.toCatalogue")}</Link>}
            />
          ) : (
            <ul className="portal-list" aria-label={t("portal.mine")}>
              {page.items.map((request) => (
                <Row key={request.id} request={request} />
              ))}
            </ul>
          )
        }
      </Answer>
    </PortalPage>
  );
}

function Row({ request }: { request: RequestItem }) {
  const { t, language } = useText();
  return (
    <li>
      <Link to={path.portalRequest(request.id)} className="portal-item">
        <span className="row-wrap">
          <b className="grow">{nameIn(language, request.item)}</b>
          <RequestState of={request} />
        </span>
        <span className="muted">
          {requestNumber(request.number)} · <Next of={request} />
        </span>
        {request.due_at && (
          <span className="muted">
            {t("portal.expect")} <Ago at={request.due_at} />
          </span>
        )}
      </Link>
    </li>
  );
}
