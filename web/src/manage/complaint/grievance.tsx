// One grievance, for staff and in the portal.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { Problem as Refusal } from "@/api/problem";
import type { GrievanceDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { instant } from "@/kit/format";
import { PageHead } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { PortalPage } from "../portal/page";
import { About, History } from "./about";
import { Acts } from "./acts";
import { type GrievanceStep, grievanceActs, grievanceQueries } from "./api";
import { GRIEVANCE_TONE, grievanceNumber } from "./words";
import "../ticket.css";
import "./complaint.css";

export default function GrievancePage() {
  const { t } = useText();
  const { id = "" } = useParams();
  const grievance = useQuery(grievanceQueries.one(id));
  if (grievance.error instanceof Refusal && grievance.error.status === 404) return <Missing />;
  return (
    <div className="page">
      <Answer of={grievance} bones={<PanelBones height={240} />}>
        {(of) => (
          <>
            <PageHead
              crumb={{ to: path.complaints({ kind: "grievances" }), label: t("complaint.grievances") }}
              title={grievanceNumber(of.number)}
              sub={<Stands of={of} complaint={path.complaint} />}
            />
            <div className="ticket-grid">
              <Parts of={of} />
            </div>
          </>
        )}
      </Answer>
    </div>
  );
}

export function PortalGrievance() {
  const { t } = useText();
  const { id = "" } = useParams();
  const grievance = useQuery(grievanceQueries.one(id));
  return (
    <PortalPage
      title={grievance.data ? grievanceNumber(grievance.data.number) : "…"}
      crumb={{ to: path.portalComplaints(), label: t("complaint.mine") }}
    >
      <Answer of={grievance} bones={<PanelBones height={240} />}>
        {(of) => (
          <>
            <Stands of={of} complaint={path.portalComplaint} />
            <Parts of={of} portal />
          </>
        )}
      </Answer>
    </PortalPage>
  );
}

function Stands({ of, complaint }: { of: GrievanceDetail; complaint: (id: string) => string }) {
  const { t, language } = useText();
  return (
    <span className="row-wrap">
      <Status tone={GRIEVANCE_TONE[of.state]} word={t(`complaint.step.${of.state}`)} pill />
      {of.escalates_at && (
        <span className="muted">{t("complaint.escalatesAt", { at: instant(of.escalates_at, language) })}</span>
      )}
      {of.complaint_id && <Link to={complaint(of.complaint_id)}>{t("complaint.became")}</Link>}
    </span>
  );
}

function Parts({ of, portal = false }: { of: GrievanceDetail; portal?: boolean }) {
  return (
    <>
      <div className="stack">
        <About of={of} portal={portal} />
        <Acts
          steps={of.allowed}
          take={(step, text) => grievanceActs.step(of.id, of.version, step as GrievanceStep, text)}
        />
      </div>
      <History of={of.history} />
    </>
  );
}
