// When the cause is dealt with, the same is proposed for what it caused: asked, never done by itself.
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import type { IncidentDetail } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { incidentQueries, send } from "@/manage/incident/api";
import { deskActs, refusalOf, useDeskAct } from "./api";
import { useTold } from "./undo";

export function Children({
  links,
  act,
  close,
}: {
  links: IncidentDetail["links"];
  act: "resolve" | "restore";
  close: () => void;
}) {
  const { t } = useText();
  const queries = useQueryClient();
  const told = useTold();
  const bulk = useDeskAct(deskActs.bulk);
  // As they were when it was asked: they are over once it is done.
  const [children] = useState(links);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    try {
      if (act === "resolve") {
        const chosen = children.map((link) => ({ id: link.other }));
        const outcome = await bulk.mutateAsync([{ kind: "resolve", reason: "fixed", text: null }, chosen]);
        told(outcome, t("incident.act.resolve"));
        const refused = outcome.results.find((result) => result.code);
        if (refused) throw refusalOf(refused);
      } else {
        for (const link of children) {
          const incident = await queries.fetchQuery({ ...incidentQueries.one(link.other), staleTime: 0 });
          if (!incident.restored_at) await send(incident, { act: "restore" });
        }
        await queries.invalidateQueries({ queryKey: ["incident"] });
      }
      close();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onCancel={close}
      width={460}
      title={t("desk.children.title", { count: children.length })}
      footer={[
        <Button key="no" onClick={close}>
          {t("desk.children.leave")}
        </Button>,
        <Button key="yes" type="primary" autoFocus loading={busy} onClick={() => void run()}>
          {t(`incident.act.${act}`)}
        </Button>,
      ]}
    >
      {failure !== null && <FailureNote error={failure} />}
      <p>{t(`desk.children.${act}`)}</p>
      <ul>
        {children.map((link) => (
          <li key={link.other}>
            <b className="num">INC-{link.number}</b> {link.title}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
