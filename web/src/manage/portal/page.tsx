// The frame of the portal's pages: where one is, and how many approvals wait.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { useText } from "@/i18n";
import { PageHead } from "@/kit/panel";
import { path } from "@/path";
import { requestQueries } from "../request/api";
import "../request/request.css";
import "./portal.css";

export function PortalPage({
  title,
  sub,
  crumb,
  actions,
  children,
}: {
  title: ReactNode;
  sub?: ReactNode;
  crumb?: { to: string; label: string };
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useText();
  const waiting = useQuery(requestQueries.approvals()).data?.length ?? 0;
  return (
    <div className="page portal">
      <nav className="portal-tabs" aria-label={t("portal.title")}>
        <NavLink to={path.portal()} end>
          {t("portal.catalogue")}
        </NavLink>
        <NavLink to={path.portalRequests()}>{t("portal.mine")}</NavLink>
        <NavLink to={path.portalComplaints()}>{t("complaint.mine")}</NavLink>
        <NavLink to={path.portalApprovals()}>
          {waiting > 0 ? t("portal.approvalsWaiting", { n: waiting }) : t("portal.approvals")}
        </NavLink>
      </nav>
      <PageHead title={title} sub={sub} crumb={crumb} actions={actions} />
      {children}
    </div>
  );
}
