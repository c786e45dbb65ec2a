// One definition as a form or as YAML, with its history; a rule is tried on the past before it acts.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, InputNumber, Popconfirm, Segmented } from "antd";
import { Download } from "lucide-react";
import { useState } from "react";
import { parse, stringify } from "yaml";
import { client, read } from "@/api/client";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { useMay } from "@/shell/session";
import { Acts } from "./act-form";
import { automationQueries, type Definition, type Kind } from "./api";
import { Conditions } from "./condition-form";
import { FieldForm } from "./field-form";
import { Both, Scope } from "./named";
import { StatusForm } from "./status-form";
import { TemplateForm } from "./template-form";
import { Runs, Trial } from "./trial";
import { Whens } from "./when-form";

/** The section of the configuration file that a kind stands in. */
const SECTION: Record<Kind, string> = {
  reply: "replies",
  macro: "macros",
  ticket_rule: "ticket_rules",
  ticket_field: "ticket_fields",
  ticket_status: "ticket_statuses",
  ticket_template: "ticket_templates",
};

/** As it stands in a configuration file. */
export function yamlOf({ kind, ...body }: Definition): string {
  return stringify({ [SECTION[kind]]: [body] }, { lineWidth: 100 });
}

/** What such a text says; null when it is no single definition of this kind. */
export function definitionOf(kind: Kind, text: string): Definition | null {
  try {
    const read: unknown = parse(text);
    const list = (read as Record<string, unknown> | null)?.[SECTION[kind]];
    if (!Array.isArray(list) || list.length !== 1 || typeof list[0] !== "object") return null;
    return { kind, ...list[0] } as Definition;
  } catch {
    return null;
  }
}

export function Editor({ definition, known, close }: { definition: Definition; known: boolean; close: () => void }) {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [body, setBody] = useState(definition);
  const [yaml, setYaml] = useState<string | null>(null);
  const { kind } = body;
  const said = yaml === null ? body : definitionOf(kind, yaml);
  const done = (words: string) => {
    message.success(t(words));
    void queries.invalidateQueries({ queryKey: ["automation"] });
    close();
  };
  const save = useMutation({
    mutationFn: (next: Definition) =>
      read(
        client.PUT("/api/v1/automation/{kind}/{name}", {
          params: { path: { kind: next.kind, name: next.name } },
          body: next,
        }),
      ),
    onSuccess: () => done("automation.saved"),
  });
  const retire = useMutation({
    mutationFn: () =>
      read(client.DELETE("/api/v1/automation/{kind}/{name}", { params: { path: { kind, name: definition.name } } })),
    onSuccess: () => done("automation.retired"),
  });
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([yaml ?? yamlOf(body)], { type: "application/yaml" }));
    link.download = `${body.name || kind}.yaml`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const off =
    may("automation.write") ?? (said === null ? t("automation.noYaml") : said.name ? null : t("automation.noName"));
  return (
    <div className="stack">
      <div className="row">
        <Segmented
          size="small"
          value={yaml === null ? "form" : "yaml"}
          onChange={(view) => {
            if (view === "yaml") setYaml(yamlOf(body));
            else if (said) {
              setBody(said);
              setYaml(null);
            }
          }}
          options={[
            { value: "form", label: t("automation.form"), disabled: said === null },
            { value: "yaml", label: "YAML" },
          ]}
        />
        <span className="grow" />
        <Button size="small" icon={<Download size={14} />} onClick={download}>
          {t("automation.export")}
        </Button>
      </div>
      {yaml === null ? (
        <Form body={body} known={known} set={setBody} />
      ) : (
        <Input.TextArea
          className="mono yaml"
          spellCheck={false}
          autoSize={{ minRows: 12, maxRows: 30 }}
          aria-label="YAML"
          value={yaml}
          onChange={(event) => setYaml(event.target.value)}
        />
      )}
      {save.isError && <FailureNote error={save.error} />}
      {retire.isError && <FailureNote error={retire.error} />}
      <div className="row">
        <ActionButton type="primary" loading={save.isPending} reason={off} onClick={() => said && save.mutate(said)}>
          {t("automation.save")}
        </ActionButton>
        {known && may("automation.write") === null && (
          <Popconfirm
            title={t("automation.retireAsk")}
            okText={t("automation.retire")}
            cancelText={t("kit.cancel")}
            onConfirm={() => retire.mutate()}
          >
            <Button danger>{t("automation.retire")}</Button>
          </Popconfirm>
        )}
      </div>
      {said?.kind === "ticket_rule" && <Trial rule={said} />}
      {known && kind === "ticket_rule" && <Runs name={definition.name} />}
      {known && <History kind={kind} name={definition.name} put={setBody} shut={() => setYaml(null)} />}
    </div>
  );
}

function Form({ body, known, set }: { body: Definition; known: boolean; set: (next: Definition) => void }) {
  const { t } = useText();
  return (
    <div className="form stack">
      <div className="field">
        <label htmlFor="automation-name">{t("automation.name")}</label>
        <Input
          id="automation-name"
          disabled={known}
          value={body.name}
          maxLength={100}
          placeholder={t("automation.nameHelp")}
          onChange={(event) => set({ ...body, name: event.target.value.trim() })}
        />
      </div>
      <Both label={t("automation.shown")} value={body.title} set={(title) => set({ ...body, title })} />
      {(body.kind === "reply" || body.kind === "macro" || body.kind === "ticket_rule") && (
        <Segmented
          aria-label={t("automation.of")}
          value={body.of ?? "incident"}
          onChange={(of) => set({ ...body, of })}
          options={(["incident", "request"] as const).map((of) => ({ value: of, label: t(`desk.kind.${of}`) }))}
        />
      )}
      {body.kind === "reply" && (
        <Both label={t("automation.text")} long value={body.text} set={(text) => set({ ...body, text })} />
      )}
      {body.kind === "ticket_rule" && (
        <>
          <div className="row-wrap">
            <div className="field">
              <label htmlFor="automation-order">{t("automation.order")}</label>
              <InputNumber
                id="automation-order"
                value={body.order ?? 100}
                onChange={(order) => set({ ...body, order: order ?? 100 })}
              />
            </div>
            <Checkbox checked={body.stop ?? false} onChange={(event) => set({ ...body, stop: event.target.checked })}>
              {t("automation.stop")}
            </Checkbox>
            <Checkbox
              checked={body.paused ?? false}
              onChange={(event) => set({ ...body, paused: event.target.checked })}
            >
              {t("automation.paused")}
            </Checkbox>
          </div>
          <Whens of={body.of ?? "incident"} value={body.when} set={(when) => set({ ...body, when })} />
          <Conditions of={body.of ?? "incident"} value={body.if} set={(next) => set({ ...body, if: next })} />
        </>
      )}
      {(body.kind === "macro" || body.kind === "ticket_rule") && (
        <Acts of={body.of ?? "incident"} value={body.then} set={(then) => set({ ...body, then })} />
      )}
      {body.kind === "ticket_field" && <FieldForm body={body} set={set} />}
      {body.kind === "ticket_status" && <StatusForm body={body} set={set} />}
      {body.kind === "ticket_template" && <TemplateForm body={body} set={set} />}
      {(body.kind === "reply" ||
        body.kind === "macro" ||
        body.kind === "ticket_field" ||
        body.kind === "ticket_status") && (
        <Scope
          value={body.scope}
          set={(scope) => set({ ...body, scope: { customers: [], services: [], teams: [], ...scope } })}
        />
      )}
    </div>
  );
}

function History({
  kind,
  name,
  put,
  shut,
}: {
  kind: Kind;
  name: string;
  put: (definition: Definition) => void;
  shut: () => void;
}) {
  const { t } = useText();
  const one = useQuery(automationQueries.one(kind, name));
  const versions = one.data?.versions ?? [];
  if (versions.length < 2) return null;
  return (
    <Panel title={t("automation.history")}>
      <ul className="stack">
        {versions.map((version) => (
          <li key={`${version.version}${version.at}`} className="row">
            <span>
              {version.definition ? t("automation.versionOf", { n: version.version }) : t("automation.outOfForce")} ·{" "}
              {version.by} · <Ago at={version.at} />
            </span>
            <span className="grow" />
            {version.definition && (
              <Button
                size="small"
                onClick={() => {
                  shut();
                  if (version.definition) put(version.definition);
                }}
              >
                {t("automation.takeBack")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
