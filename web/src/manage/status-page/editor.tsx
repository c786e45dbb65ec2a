// A page as a form beside what it comes to: the server draws every change, saving is one press.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Segmented, Select } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { StatusPage, StatusPageComponent, StatusPageDefinition } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { agreementQueries } from "@/manage/agreement/api";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { statusPageActs, statusPageQueries } from "./api";
import { keyOf } from "./words";
import { BothFields } from "./words-fields";
import "./status-page.css";

const fresh = (): StatusPageDefinition => ({
  title: { zh: "", en: "" },
  audience: "public",
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  maintenance: true,
  subscribe: ["mail"],
  groups: [{ name: { zh: "服务", en: "Services" }, components: [] }],
});

export function PageEditor({ page, close }: { page: StatusPage | null; close: () => void }) {
  const { t } = useText();
  return (
    <Drawer open close={close} size={1080} title={t(page ? "statusPage.edit" : "statusPage.make")}>
      <Editor page={page} close={close} />
    </Drawer>
  );
}

function Editor({ page, close }: { page: StatusPage | null; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [name, setName] = useState(page?.name ?? "");
  const [draft, setDraft] = useState<StatusPageDefinition>(() => (page ? structuredClone(page.definition) : fresh()));
  const organisations = useQuery(partyQueries.organisations());
  const { language } = useText();
  const save = useMutation({
    mutationFn: () => statusPageActs.put(name, draft, page?.version ?? null),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["status-page"] });
      message.success(t("statusPage.saved"));
      close();
    },
  });
  const customer = draft.audience === "public" ? null : draft.audience.customer;
  const change = (to: Partial<StatusPageDefinition>) => setDraft({ ...draft, ...to });
  return (
    <div className="status-editor">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {save.isError && <FailureNote error={save.error} />}
        {!page && (
          <div className="field">
            <label htmlFor="page-name">{t("statusPage.address")}</label>
            <Input
              id="page-name"
              addonBefore="/status/"
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        )}
        <BothFields
          id="page-title"
          label={(each) => t(`statusPage.heading.${each}`)}
          value={draft.title}
          change={(title) => change({ title })}
          most={80}
        />
        <div className="row-wrap">
          <Segmented
            aria-label={t("statusPage.audience.label")}
            value={customer === null ? "public" : "customer"}
            onChange={(value) =>
              change({
                audience: value === "public" ? "public" : { customer: organisations.data?.find(isCustomer)?.id ?? "" },
              })
            }
            options={(["public", "customer"] as const).map((value) => ({
              value,
              label: t(`statusPage.audience.${value}`),
            }))}
          />
          {customer !== null && (
            <Select
              style={{ minWidth: 180 }}
              aria-label={t("statusPage.audience.customer")}
              value={customer}
              onChange={(id) => change({ audience: { customer: id } })}
              options={(organisations.data ?? [])
                .filter(isCustomer)
                .map((one) => ({ value: one.id, label: nameIn(language, one.display) }))}
            />
          )}
        </div>
        <div className="status-both">
          <div className="field">
            <label htmlFor="page-zone">{t("statusPage.zone")}</label>
            <Input id="page-zone" value={draft.zone} onChange={(event) => change({ zone: event.target.value })} />
          </div>
          <div className="field">
            <label htmlFor="page-colour">{t("statusPage.colour")}</label>
            <Input
              id="page-colour"
              type="color"
              style={{ width: 80 }}
              value={draft.colour ?? "#0e6b75"}
              onChange={(event) => change({ colour: event.target.value })}
            />
          </div>
        </div>
        <Logo value={draft.logo ?? null} change={(logo) => change({ logo })} />
        <Checkbox checked={draft.maintenance} onChange={(event) => change({ maintenance: event.target.checked })}>
          {t("statusPage.showMaintenance")}
        </Checkbox>
        <div className="field">
          <span className="label">{t("statusPage.subscribe")}</span>
          <Checkbox.Group
            value={draft.subscribe}
            onChange={(subscribe) => change({ subscribe: subscribe as ("mail" | "webhook")[] })}
            options={(["mail", "webhook"] as const).map((value) => ({
              value,
              label: t(`statusPage.channel.${value}`),
            }))}
          />
        </div>
        <Groups draft={draft} change={change} />
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!name || !draft.title.en}>
            {t("statusPage.save")}
          </Button>
        </div>
      </form>
      <Preview name={name || "preview"} draft={draft} />
    </div>
  );
}

const isCustomer = (one: { kind?: string }) => one.kind === "customer";

/** A picture becomes a part of the page: nothing is asked of another address when it is read. */
function Logo({ value, change }: { value: string | null; change: (value: string | null) => void }) {
  const { t } = useText();
  const take = (file: File | undefined) => {
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => change(String(reader.result));
    reader.readAsDataURL(file);
  };
  return (
    <div className="field">
      <label htmlFor="page-logo">{t("statusPage.logo")}</label>
      <div className="row">
        {value && <img src={value} alt="" style={{ maxHeight: 36, maxWidth: 120 }} />}
        <input
          id="page-logo"
          type="file"
          accept="image/png,image/svg+xml,image/jpeg,image/webp"
          onChange={(event) => take(event.target.files?.[0])}
        />
        {value && (
          <Button size="small" onClick={() => change(null)}>
            {t("statusPage.remove")}
          </Button>
        )}
      </div>
      <p className="help">{t("statusPage.logoHelp")}</p>
    </div>
  );
}

function Groups({
  draft,
  change,
}: {
  draft: StatusPageDefinition;
  change: (to: Partial<StatusPageDefinition>) => void;
}) {
  const { t } = useText();
  const put = (at: number, to: Partial<StatusPageDefinition["groups"][number]>) =>
    change({ groups: draft.groups.map((group, place) => (place === at ? { ...group, ...to } : group)) });
  return (
    <>
      {draft.groups.map((group, at) => (
        <fieldset key={at} className="layer-form">
          <legend>{t("statusPage.group", { n: at + 1 })}</legend>
          <BothFields
            id={`group-${at}`}
            label={(each) => t(`statusPage.heading.${each}`)}
            value={group.name}
            change={(name) => put(at, { name })}
            most={80}
          />
          {group.components.map((component, index) => (
            <ComponentFields
              key={index}
              id={`component-${at}-${index}`}
              value={component}
              change={(to) =>
                put(at, { components: group.components.map((one, place) => (place === index ? to : one)) })
              }
              remove={() => put(at, { components: group.components.filter((_, place) => place !== index) })}
            />
          ))}
          <div className="row-wrap">
            <Button
              size="small"
              icon={<Plus size={13} />}
              onClick={() =>
                put(at, {
                  components: [
                    ...group.components,
                    { key: "", name: { zh: "", en: "" }, service: "", follows: true, history: null },
                  ],
                })
              }
            >
              {t("statusPage.addComponent")}
            </Button>
            {draft.groups.length > 1 && (
              <Button
                size="small"
                danger
                onClick={() => change({ groups: draft.groups.filter((_, place) => place !== at) })}
              >
                {t("statusPage.removeGroup")}
              </Button>
            )}
          </div>
        </fieldset>
      ))}
      <Button
        size="small"
        icon={<Plus size={13} />}
        style={{ justifySelf: "start" }}
        onClick={() => change({ groups: [...draft.groups, { name: { zh: "", en: "" }, components: [] }] })}
      >
        {t("statusPage.addGroup")}
      </Button>
    </>
  );
}

function ComponentFields({
  id,
  value,
  change,
  remove,
}: {
  id: string;
  value: StatusPageComponent;
  change: (value: StatusPageComponent) => void;
  remove: () => void;
}) {
  const { t, language } = useText();
  const services = useQuery(serviceQueries.all());
  const agreements = useQuery(agreementQueries.all());
  const ours = (agreements.data ?? []).filter((one) => one.services.some((each) => each.id === value.service));
  const named = (to: StatusPageComponent) =>
    change(to.key === "" || to.key === keyOf(value.name.en) ? { ...to, key: keyOf(to.name.en) } : to);
  return (
    <div className="status-component">
      <div className="row">
        <Select
          className="grow"
          aria-label={t("statusPage.service")}
          placeholder={t("statusPage.service")}
          value={value.service || undefined}
          onChange={(service) => {
            const found = services.data?.find((each) => each.id === service);
            const name = found && !value.name.en && typeof found.display !== "string" ? found.display : value.name;
            named({ ...value, service, name, history: null });
          }}
          options={(services.data ?? []).map((one) => ({ value: one.id, label: nameIn(language, one.display) }))}
        />
        <Button type="text" icon={<Trash2 size={14} />} aria-label={t("statusPage.remove")} onClick={remove} />
      </div>
      <BothFields
        id={id}
        label={(each) => t(`statusPage.outsideName.${each}`)}
        value={value.name}
        change={(name) => named({ ...value, name })}
        most={80}
      />
      <div className="row-wrap">
        <Checkbox checked={value.follows} onChange={(event) => change({ ...value, follows: event.target.checked })}>
          {t("statusPage.follows")}
        </Checkbox>
        <Select
          style={{ minWidth: 200 }}
          aria-label={t("statusPage.history")}
          value={value.history ?? ""}
          onChange={(history) => change({ ...value, history: history || null })}
          options={[
            { value: "", label: t("statusPage.noHistory") },
            ...ours.map((one) => ({
              value: one.id,
              label: t("statusPage.historyBy", { agreement: nameIn(language, one.display) }),
            })),
          ]}
        />
        <Input
          style={{ width: 150 }}
          addonBefore={t("statusPage.key")}
          aria-label={t("statusPage.key")}
          value={value.key}
          onChange={(event) => change({ ...value, key: event.target.value })}
        />
      </div>
    </div>
  );
}

function Preview({ name, draft }: { name: string; draft: StatusPageDefinition }) {
  const { t, language } = useText();
  const [shown, setShown] = useState(language);
  const complete = draft.groups.every((group) => group.components.every((one) => one.service && one.key));
  const preview = useQuery({
    ...statusPageQueries.preview(name, useDeferredValue(draft), shown),
    enabled: complete && Boolean(draft.title.zh && draft.title.en),
  });
  return (
    <div className="status-preview">
      <div className="row">
        <b className="grow">{t("statusPage.preview")}</b>
        <Segmented
          size="small"
          aria-label={t("statusPage.preview")}
          value={shown}
          onChange={setShown}
          options={[
            { value: "zh", label: "中文" },
            { value: "en", label: "English" },
          ]}
        />
      </div>
      {preview.isError && <FailureNote error={preview.error} />}
      {preview.data ? (
        // The page runs no script and opens nothing: a picture of itself.
        <iframe title={t("statusPage.preview")} sandbox="" srcDoc={preview.data.html} />
      ) : (
        <p className="muted">{t("statusPage.previewFirst")}</p>
      )}
    </div>
  );
}
