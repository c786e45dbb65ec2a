// A telephone call, written down while one speaks: who calls, with what is open for them beside; what it is about; what is said.
// The clock runs from the key that opened it until it is sent.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Segmented } from "antd";
import { useDeferredValue, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { serverNow } from "@/api/client";
import type { components } from "@/api/schema";
import { nameIn, textOf, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { catalogueQueries } from "@/manage/catalogue/api";
import { FormField } from "@/manage/catalogue/field";
import { type Answers, answersOf, missing, shownFields } from "@/manage/catalogue/shown";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { Choose } from "@/shell/choose";
import { type Call, callQueries, log } from "./api";
import { spoken } from "./spoken";
import "./call.css";

type Known = components["schemas"]["CallerView"];
type Ticket = Known["tickets"][number];
const KINDS = ["incident", "request", "grievance"] as const;
type Kind = (typeof KINDS)[number];
const PREFIX = { incident: "INC", request: "REQ", problem: "PRB" } as const;

export default function CallDialog({ close }: { close: () => void }) {
  const { t } = useText();
  return (
    <Dialog open onCancel={close} width={820} title={t("call.title")}>
      <CallForm close={close} />
    </Dialog>
  );
}

function useSeconds(from: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((now - from) / 1_000));
}

function CallForm({ close }: { close: () => void }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [started] = useState(serverNow);
  const secs = useSeconds(started);
  const [who, setWho] = useState("");
  const asked = useDeferredValue(who.trim());
  const [person, setPerson] = useState<Known | null>(null);
  const [onto, setOnto] = useState<Ticket | null>(null);
  const [kind, setKind] = useState<Kind>("incident");
  const [serviceId, setServiceId] = useState<string>();
  const [itemId, setItemId] = useState<string>();
  const [answers, setAnswers] = useState<Answers>({});
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const callers = useQuery({ ...callQueries.callers(asked), enabled: asked !== "" && person === null });
  const services = useQuery(serviceQueries.all());
  const items = useQuery({ ...catalogueQueries.all(""), enabled: kind === "request" });
  const item = useQuery({ ...catalogueQueries.one(itemId ?? ""), enabled: kind === "request" && itemId !== undefined });
  const about = (): Call["about"] => {
    if (onto) return { kind: "ticket", ticket: { kind: onto.ticket.kind, id: onto.ticket.id } };
    if (kind === "incident") return { kind, service_id: serviceId ?? "", title: title.trim() };
    if (kind === "request")
      return {
        kind,
        item_id: itemId ?? "",
        answers: answersOf(item.data?.form ?? [], answers) as Record<string, never>,
      };
    return { kind, service_id: serviceId };
  };
  const send = useMutation({
    mutationFn: () =>
      log({
        person_id: person?.id,
        caller: person ? undefined : asked || undefined,
        about: about(),
        text: text.trim(),
        started_at: new Date(started).toISOString(),
        // What the clock of this machine counts may be ahead of the server's by a moment.
        secs: Math.max(0, secs - 1),
      }),
    onSuccess: (logged) => {
      for (const family of ["incident", "request", "complaint", "desk"]) {
        void queries.invalidateQueries({ queryKey: [family] });
      }
      const tag = logged.ticket ? `${PREFIX[logged.ticket.kind]}-${logged.number}` : `GRV-${logged.number}`;
      message.success(t("call.logged", { number: tag }));
      close();
      if (logged.ticket?.kind === "incident") navigate(path.incident(logged.ticket.id));
      else if (logged.ticket?.kind === "request") navigate(path.request(logged.ticket.id));
      else if (logged.grievance_id) navigate(path.grievance(logged.grievance_id));
    },
  });
  const complete =
    text.trim() !== "" &&
    (onto !== null ||
      (kind === "incident" && serviceId !== undefined && title.trim() !== "") ||
      (kind === "request" &&
        person !== null &&
        item.data !== undefined &&
        missing(item.data.form, answers).length === 0) ||
      (kind === "grievance" && (person !== null || serviceId !== undefined)));
  const submit = () => complete && !send.isPending && send.mutate();
  return (
    <form
      className="call-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      <div className="form grow">
        {send.isError && <FailureNote error={send.error} />}
        <div className="field">
          <label htmlFor="call-who">{t("call.who")}</label>
          <Input
            id="call-who"
            autoFocus
            autoComplete="off"
            value={person ? person.display : who}
            placeholder={t("call.whoExample")}
            maxLength={100}
            onChange={(event) => {
              setPerson(null);
              setOnto(null);
              setWho(event.target.value);
            }}
            onKeyDown={(event) => {
              const first = callers.data?.[0];
              if (event.key !== "Enter" || event.ctrlKey || event.metaKey || person || !first) return;
              event.preventDefault();
              setPerson(first);
            }}
          />
          {!person && (callers.data?.length ?? 0) > 0 && (
            <ul className="call-people" aria-label={t("call.known")}>
              {callers.data?.map((one) => (
                <li key={one.id}>
                  <button type="button" className="link-button" onClick={() => setPerson(one)}>
                    <b>{one.display}</b> {nameIn(language, one.organisation.display)}{" "}
                    <span className="faint">{one.phone ?? one.email}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
          {!person && asked !== "" && callers.data?.length === 0 && <p className="help">{t("call.unknown")}</p>}
        </div>
        {!onto && (
          <>
            <Segmented
              aria-label={t("call.kind")}
              value={kind}
              onChange={setKind}
              options={KINDS.map((code) => ({ value: code, label: t(`call.kinds.${code}`) }))}
            />
            {kind !== "request" && (
              <Choose
                label={t("incident.field.service")}
                value={serviceId}
                onChange={setServiceId}
                options={(services.data ?? []).map((each) => ({
                  value: each.id,
                  label: nameIn(language, each.display),
                }))}
              />
            )}
            {kind === "request" && (
              <Choose
                label={t("call.item")}
                value={itemId}
                onChange={(id) => {
                  setItemId(id);
                  setAnswers({});
                }}
                options={(items.data ?? []).map((each) => ({
                  value: each.id,
                  label: nameIn(language, each.display),
                }))}
              />
            )}
            {kind === "request" &&
              item.data &&
              shownFields(item.data.form, answers).map((field) => (
                <FormField
                  key={field.key}
                  field={field}
                  value={answers[field.key]}
                  set={(value) => setAnswers((old) => ({ ...old, [field.key]: value }))}
                  wrong={null}
                />
              ))}
            {kind === "incident" && (
              <div className="field">
                <label htmlFor="call-title">{t("incident.field.title")}</label>
                <Input
                  id="call-title"
                  value={title}
                  maxLength={300}
                  onChange={(event) => setTitle(event.target.value)}
                />
              </div>
            )}
          </>
        )}
        {onto && (
          <p className="row-wrap">
            <span className="grow">
              {t("call.addsTo", { ticket: `${PREFIX[onto.ticket.kind]}-${onto.ticket.number} ${onto.title}` })}
            </span>
            <Button size="small" onClick={() => setOnto(null)}>
              {t("call.ratherNew")}
            </Button>
          </p>
        )}
        <div className="field">
          <label htmlFor="call-text">{t("call.said")}</label>
          <Input.TextArea
            id="call-text"
            autoSize={{ minRows: 4, maxRows: 12 }}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p className="help">{t("call.saidHelp")}</p>
        </div>
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <span className="num grow" role="timer" aria-label={t("call.since")}>
            {spoken(secs)}
          </span>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={send.isPending} disabled={!complete}>
            {t("call.log")} <kbd aria-hidden>Ctrl ↵</kbd>
          </Button>
        </div>
      </div>
      {person && (
        <aside className="call-beside" aria-label={t("call.open")}>
          <h3>{t("call.open")}</h3>
          {person.tickets.length === 0 && <p className="muted">{t("call.noneOpen")}</p>}
          <ul>
            {person.tickets.map((one) => (
              <li key={one.ticket.id}>
                <button
                  type="button"
                  className="link-button"
                  aria-pressed={onto?.ticket.id === one.ticket.id}
                  onClick={() => setOnto(one)}
                >
                  <span className="num">
                    {PREFIX[one.ticket.kind]}-{one.ticket.number}
                  </span>{" "}
                  {one.title} <span className="faint">{textOf(t, `${one.ticket.kind}.state`, one.state)}</span>
                </button>
              </li>
            ))}
          </ul>
        </aside>
      )}
    </form>
  );
}
