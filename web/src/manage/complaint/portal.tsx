// In the portal: what one complained about, and whether one accepts the reply.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useText } from "@/i18n";
import { Answer, Empty, FailureNote, PanelBones } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { PortalPage } from "../portal/page";
import { About, History } from "./about";
import { Acts } from "./acts";
import { type ComplaintStep, complaintActs, complaintQueries, grievanceQueries } from "./api";
import { COMPLAINT_TONE, complaintNumber, GRIEVANCE_TONE, grievanceNumber } from "./words";
import "./complaint.css";

export default function PortalComplaints() {
  const { t } = useText();
  const complaints = useQuery(complaintQueries.list(""));
  const grievances = useQuery(grievanceQueries.list({}));
  return (
    <PortalPage title={t("complaint.mine")}>
      <Complain />
      <Answer of={complaints} bones={<PanelBones height={160} />}>
        {(page) =>
          page.items.length === 0 && (grievances.data?.items.length ?? 0) === 0 ? (
            <Empty title={t("complaint.nothingSaid")} text={t("complaint.nothingSaidText")} />
          ) : (
            <ul className="portal-list" aria-label={t("complaint.mine")}>
              {page.items.map((one) => (
                <li key={one.id}>
                  <Link to={path.portalComplaint(one.id)} className="portal-item">
                    <span className="row-wrap">
                      <b className="grow">{complaintNumber(one.number)}</b>
                      <Status tone={COMPLAINT_TONE[one.state]} word={t(`complaint.step.${one.state}`)} pill />
                    </span>
                    <span className="muted complaint-line">{one.text ?? t("complaint.erased")}</span>
                  </Link>
                </li>
              ))}
              {grievances.data?.items.map((one) => (
                <li key={one.id}>
                  <Link to={path.portalGrievance(one.id)} className="portal-item">
                    <span className="row-wrap">
                      <b className="grow">{grievanceNumber(one.number)}</b>
                      <Status tone={GRIEVANCE_TONE[one.state]} word={t(`complaint.step.${one.state}`)} pill />
                    </span>
                    <span className="muted complaint-line">{one.text ?? t("complaint.erased")}</span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </PortalPage>
  );
}

function Complain() {
  const { t } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const register = useMutation({
    mutationFn: () => complaintActs.register({ text }),
    onSuccess: (complaint) => {
      void queries.invalidateQueries({ queryKey: ["complaint"] });
      navigate(path.portalComplaint(complaint.id));
    },
  });
  return (
    <Panel title={t("complaint.complain")}>
      {register.isError && <FailureNote error={register.error} />}
      <Input.TextArea
        aria-label={t("complaint.complain")}
        placeholder={t("complaint.complainExample")}
        autoSize={{ minRows: 2 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row-wrap complaint-acts">
        <Button disabled={!text.trim()} loading={register.isPending} onClick={() => register.mutate()}>
          {t("complaint.complainSend")}
        </Button>
      </div>
    </Panel>
  );
}

export function PortalComplaint() {
  const { t } = useText();
  const { id = "" } = useParams();
  const complaint = useQuery(complaintQueries.one(id));
  return (
    <PortalPage
      title={complaint.data ? complaintNumber(complaint.data.number) : "…"}
      crumb={{ to: path.portalComplaints(), label: t("complaint.mine") }}
    >
      <Answer of={complaint} bones={<PanelBones height={240} />}>
        {(of) => (
          <>
            <p>
              <Status tone={COMPLAINT_TONE[of.state]} word={t(`complaint.step.${of.state}`)} pill />
            </p>
            {of.reply && (
              <Panel title={t("complaint.reply")}>
                <p className="complaint-text">{of.reply.text ?? t("complaint.erased")}</p>
              </Panel>
            )}
            <Acts
              steps={of.allowed.filter((step) => step === "accept" || step === "reject")}
              take={(step, text) => complaintActs.step(of.id, of.version, step as ComplaintStep, text)}
            />
            <About of={of} portal />
            <History of={of.history} />
          </>
        )}
      </Answer>
    </PortalPage>
  );
}
