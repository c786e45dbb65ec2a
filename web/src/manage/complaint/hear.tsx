// A grievance in two strokes from any ticket: g, a short text, Ctrl-Enter.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { TicketKind } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { covered } from "@/kit/layers";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { holds, useSession } from "@/shell/session";
import { grievanceActs, grievanceQueries } from "./api";
import { GRIEVANCE_TONE, grievanceNumber } from "./words";
import "./complaint.css";

/** The button, the key g, and what was heard on this ticket. */
export function Grievances({ kind, id, own = false }: { kind: TicketKind; id: string; own?: boolean }) {
  const { t } = useText();
  const session = useSession();
  const [open, setOpen] = useState(false);
  const may = holds(session, "complaint.open");
  const heard = useQuery({ ...grievanceQueries.list({ ticket: id }), enabled: holds(session, "complaint.read") });
  const keys = useRef<(event: KeyboardEvent) => void>(() => {});
  keys.current = (event) => {
    if (event.key !== "g" || event.ctrlKey || event.metaKey || event.altKey || !may || open || covered()) return;
    if ((event.target as HTMLElement).closest("input,textarea,select")) return;
    event.preventDefault();
    setOpen(true);
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => keys.current(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const items = heard.data?.items ?? [];
  if (!may && items.length === 0) return null;
  return (
    <Panel
      title={t("complaint.grievances")}
      actions={
        may && (
          <Button size="small" onClick={() => setOpen(true)}>
            {t(own ? "complaint.notContent" : "complaint.hear")}
          </Button>
        )
      }
    >
      {items.length === 0 ? (
        <p className="muted">{t(own ? "complaint.tellUs" : "complaint.noneHeard")}</p>
      ) : (
        <ul className="stack complaint-list">
          {items.map((one) => (
            <li key={one.id}>
              <Link to={own ? path.portalGrievance(one.id) : path.grievance(one.id)} className="row-wrap">
                <span className="num">{grievanceNumber(one.number)}</span>
                <span className="grow">{one.text ?? t("complaint.erased")}</span>
                <Status tone={GRIEVANCE_TONE[one.state]} word={t(`complaint.step.${one.state}`)} />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {open && <Hear kind={kind} id={id} own={own} close={() => setOpen(false)} />}
    </Panel>
  );
}

function Hear({ kind, id, own, close }: { kind: TicketKind; id: string; own: boolean; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [text, setText] = useState("");
  const hear = useMutation({
    mutationFn: () => grievanceActs.hear({ text, ticket: { kind, id } }),
    onSuccess: (heard) => {
      void queries.invalidateQueries({ queryKey: ["complaint"] });
      message.success(t("complaint.heardAs", { number: grievanceNumber(heard.number) }));
      close();
    },
  });
  const send = () => {
    if (text.trim() && !hear.isPending) hear.mutate();
  };
  return (
    <Dialog open onCancel={close} width={480} title={t(own ? "complaint.notContent" : "complaint.hear")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {hear.isError && <FailureNote error={hear.error} />}
        <Input.TextArea
          autoFocus
          aria-label={t("complaint.what")}
          placeholder={t(own ? "complaint.ownExample" : "complaint.example")}
          autoSize={{ minRows: 3 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
          }}
        />
        <p className="help">{t("complaint.hearHelp")}</p>
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={hear.isPending} disabled={!text.trim()}>
            {t("complaint.write")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
