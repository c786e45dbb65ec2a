// How I am reached: my ways in order, when I am left in peace, and the proof that each way works.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, InputNumber, Select, Switch } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import type { Contact, ContactDraft } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones, useProblemText } from "@/kit/answer";
import { day } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { onCallActs, onCallQueries } from "./api";
import { BrowserPanel } from "./browser";
import { endUnlessAmong } from "./push";
import "./on-call.css";

export default function ContactPage() {
  const { t } = useText();
  const contact = useQuery(onCallQueries.contact());
  return (
    <div className="page">
      <PageHead
        title={t("onCall.contact")}
        sub={t("onCall.contactSub")}
        crumb={{ to: path.onCall(), label: t("onCall.title") }}
      />
      <Answer of={contact} bones={<PanelBones height={240} />}>
        {(data) => (
          <>
            <BrowserPanel contact={data} />
            <ContactForm key={data.methods.map((method) => method.id).join()} contact={data} />
          </>
        )}
      </Answer>
    </div>
  );
}

function ContactForm({ contact }: { contact: Contact }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [draft, setDraft] = useState<ContactDraft>(() => ({
    methods: contact.methods.map(({ id, channel, place, up_to }) => ({ id, channel, address: null, place, up_to })),
    quiet: contact.quiet,
  }));
  const save = useMutation({
    mutationFn: () => onCallActs.putContact(draft),
    onSuccess: async (saved) => {
      message.success(t("onCall.saved"));
      await endUnlessAmong(saved.methods.map((method) => method.browser ?? null));
      void queries.invalidateQueries({ queryKey: ["on-call"] });
    },
  });
  const prove = useMutation({
    mutationFn: (id: string) => onCallActs.prove(id),
    onSuccess: () => message.success(t("onCall.drillSent")),
    onError: (error) => message.error(problemText(error)),
  });
  const refusal = save.error ? asProblem(save.error) : null;
  const refused = refusal?.at?.match(/^\/methods\/(\d+)/)?.[1];
  const change = (at: number, to: Partial<ContactDraft["methods"][number]>) =>
    setDraft({
      ...draft,
      methods: draft.methods.map((method, place) => (place === at ? { ...method, ...to } : method)),
    });
  const priorities = [1, 2, 3, 4, 5].map((p) => ({ value: p, label: t("onCall.upTo", { p }) }));
  const window = draft.quiet?.hours[0] ?? { days: [], from: "22:00", to: "07:00" };
  const setWindow = (to: Partial<typeof window>) =>
    draft.quiet && setDraft({ ...draft, quiet: { ...draft.quiet, hours: [{ ...window, ...to }] } });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {refusal && refused === undefined && <FailureNote error={refusal} />}
      <Panel title={t("onCall.ways")} hint={t("onCall.waysHint")}>
        {draft.methods.map((method, at) => {
          const standing = contact.methods.find((each) => each.id === method.id);
          return (
            <fieldset
              key={method.id ?? `new ${at}`}
              className={`way layer-form${refused === String(at) ? " wrong" : ""}`}
            >
              <legend>{channelText(t, method.channel)}</legend>
              <div className="row-wrap">
                {!standing && (
                  <Select
                    aria-label={t("onCall.channel")}
                    style={{ minWidth: 130 }}
                    value={method.channel}
                    onChange={(channel) => change(at, { channel })}
                    options={contact.channels.map((value) => ({ value, label: channelText(t, value) }))}
                  />
                )}
                <Input
                  aria-label={t("onCall.address")}
                  className="grow"
                  style={{ minWidth: 180 }}
                  disabled={standing?.declared || method.channel === "browser"}
                  placeholder={standing?.address ?? t(`onCall.addressOf.${addressKind(method.channel)}`)}
                  value={method.address ?? standing?.address ?? ""}
                  onChange={(event) => change(at, { address: event.target.value })}
                />
              </div>
              <div className="row-wrap">
                <span className="label">{t("onCall.place")}</span>
                <InputNumber
                  aria-label={t("onCall.place")}
                  min={1}
                  max={20}
                  value={method.place}
                  onChange={(place) => change(at, { place: place ?? 1 })}
                />
                <Select
                  aria-label={t("onCall.forPriorities")}
                  style={{ width: 120 }}
                  value={method.up_to}
                  onChange={(up_to) => change(at, { up_to })}
                  options={priorities}
                />
                {standing?.gone_at && (
                  <Status tone="bad" word={t("onCall.goneOn", { day: day(standing.gone_at, language) })} />
                )}
                {standing && !standing.gone_at && (
                  <>
                    {standing.proven_at ? (
                      <Status tone="good" word={t("onCall.provenOn", { day: day(standing.proven_at, language) })} />
                    ) : (
                      <Status tone="attention" word={t("onCall.reachState.unproven")} />
                    )}
                    <Button size="small" loading={prove.isPending} onClick={() => prove.mutate(standing.id)}>
                      {t("onCall.prove")}
                    </Button>
                  </>
                )}
                <span className="grow" />
                <Button
                  size="small"
                  icon={<Trash2 size={13} />}
                  aria-label={t("onCall.wayRemove", { channel: channelText(t, method.channel) })}
                  onClick={() => setDraft({ ...draft, methods: draft.methods.filter((_, place) => place !== at) })}
                />
              </div>
              {refused === String(at) && (
                <p className="wrong" role="alert">
                  {refusal?.detail}
                </p>
              )}
            </fieldset>
          );
        })}
        <Button
          icon={<Plus size={14} />}
          disabled={draft.methods.length >= 10}
          onClick={() =>
            setDraft({
              ...draft,
              methods: [
                ...draft.methods,
                {
                  id: null,
                  channel: contact.channels.at(-1) ?? "mail",
                  address: "",
                  place: draft.methods.length + 1,
                  up_to: 5,
                },
              ],
            })
          }
        >
          {t("onCall.wayAdd")}
        </Button>
      </Panel>
      <Panel title={t("onCall.quiet")} hint={t("onCall.quietHint")}>
        <div className="row-wrap">
          <Switch
            aria-label={t("onCall.quiet")}
            checked={draft.quiet !== null}
            onChange={(on) =>
              setDraft({
                ...draft,
                quiet: on
                  ? { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, hours: [window], breaks_through: 2 }
                  : null,
              })
            }
          />
          {draft.quiet && (
            <>
              <Input
                style={{ width: 110 }}
                type="time"
                aria-label={t("onCall.fromWhen")}
                value={window.from}
                onChange={(event) => setWindow({ from: event.target.value })}
              />
              <span>–</span>
              <Input
                style={{ width: 110 }}
                type="time"
                aria-label={t("onCall.toWhen")}
                value={window.to === "24:00" ? "00:00" : window.to}
                onChange={(event) => setWindow({ to: event.target.value })}
              />
              <span className="faint">{draft.quiet.zone}</span>
              <span className="label">{t("onCall.breaksThrough")}</span>
              <Select
                aria-label={t("onCall.breaksThrough")}
                style={{ width: 120 }}
                value={draft.quiet.breaks_through}
                onChange={(breaks_through) =>
                  draft.quiet && setDraft({ ...draft, quiet: { ...draft.quiet, breaks_through } })
                }
                options={priorities}
              />
            </>
          )}
        </div>
      </Panel>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("kit.save")}
        </Button>
      </div>
    </form>
  );
}

const addressKind = (channel: string) => (channel === "mail" || channel === "webhook" ? channel : "other");

function channelText(t: ReturnType<typeof useText>["t"], channel: string): string {
  return textOf(t, "onCall.channelOf", channel);
}
