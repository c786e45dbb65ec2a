// One complaint: what was said, the reply, who approved it, and every step.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { ExplainView } from "@/analyze/clock/explain";
import "@/analyze/clock/clock.css";
import { Problem as Refusal } from "@/api/problem";
import type { ComplaintDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { instant } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { InLine } from "@/manage/desk/in-line";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { About, History } from "./about";
import { Acts } from "./acts";
import { type ComplaintStep, complaintActs, complaintQueries } from "./api";
import { Reply } from "./reply";
import { COMPLAINT_TONE, complaintNumber } from "./words";
import "../ticket.css";
import "./complaint.css";

/** Steps of the reply have a panel of their own. */
const OF_REPLY = new Set(["reply", "approve", "send"]);

export default function ComplaintPage() {
  const { t } = useText();
  const { id = "" } = useParams();
  const complaint = useQuery(complaintQueries.one(id));
  if (complaint.error instanceof Refusal && complaint.error.status === 404) return <Missing />;
  return (
    <div className="page">
      <Answer of={complaint} bones={<PanelBones height={240} />}>
        {(of) => (
          <>
            <InLine id={of.id} />
            <PageHead
              crumb={{ to: path.complaints(), label: t("complaint.complaints") }}
              title={complaintNumber(of.number)}
              sub={
                <span className="row-wrap">
                  <Status tone={COMPLAINT_TONE[of.state]} word={t(`complaint.step.${of.state}`)} pill />
                  {of.leader ? (
                    <span>
                      {t("complaint.leader")} <PersonRef id={of.leader.id} display={of.leader.display} />
                    </span>
                  ) : (
                    <span className="is-attention">{t("complaint.noLeader")}</span>
                  )}
                  {of.rejections > 0 && <span>{t("complaint.rejected", { n: of.rejections })}</span>}
                </span>
              }
            />
            <div className="ticket-grid">
              <div className="stack">
                <About of={of} />
                <Reply key={of.version} of={of} />
                <Acts
                  steps={of.allowed.filter((step) => !OF_REPLY.has(step))}
                  take={(step, text) => complaintActs.step(of.id, of.version, step as ComplaintStep, text)}
                />
              </div>
              <div className="stack">
                <Due of={of} />
                <History of={of.history} />
              </div>
            </div>
          </>
        )}
      </Answer>
    </div>
  );
}

function Due({ of }: { of: ComplaintDetail }) {
  const { t, language } = useText();
  const [open, setOpen] = useState(false);
  const explained = useQuery({ ...complaintQueries.clock(of.id), enabled: open });
  return (
    <Panel title={t("complaint.due")}>
      <p className="row-wrap">
        <span>{of.due_at ? instant(of.due_at, language) : t("complaint.notDue")}</span>
        <Button size="small" onClick={() => setOpen(true)}>
          {t("complaint.explainClock")}
        </Button>
      </p>
      <Drawer open={open} close={() => setOpen(false)} size={720} title={t("complaint.due")}>
        <Answer of={explained} bones={<PanelBones height={300} />}>
          {(data) => <ExplainView explained={data} />}
        </Answer>
      </Drawer>
    </Panel>
  );
}
