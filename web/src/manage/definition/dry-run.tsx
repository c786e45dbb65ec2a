// Configuration as code, tried without consequence: paste a file, see what it would change. Applying is the same
// button with another word, for those who may.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Popconfirm } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { client, read } from "@/api/client";
import type { DefinitionChange } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty, FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Status, type Tone } from "@/kit/status";
import { useMay } from "@/shell/session";
import "./definition.css";

const TONE: Record<DefinitionChange["action"], Tone> = {
  create: "good",
  update: "active",
  none: "unknown",
  retire: "attention",
};

export function DryRun() {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  // A link may bring the text to try; it is applied by nobody but who presses the button.
  const [search] = useSearchParams();
  const [text, setText] = useState(search.get("text") ?? "");
  const ask = useMutation({
    mutationFn: (dry_run: boolean) =>
      read(client.POST("/api/v1/definitions", { body: { files: [{ name: "pasted.yaml", text }], dry_run } })),
    onSuccess: (_answer, dry) => {
      if (dry) return;
      message.success(t("definition.applied"));
      void queries.invalidateQueries();
    },
  });
  const changes = ask.data?.changes ?? [];
  const real = changes.filter((change) => change.action !== "none");
  return (
    <div className="stack">
      <Panel title={t("definition.title")}>
        <p className="muted" style={{ marginBottom: 10 }}>
          {t("definition.text")} <code>evenkeel apply -f</code>
        </p>
        <Input.TextArea
          className="mono yaml"
          spellCheck={false}
          autoSize={{ minRows: 12, maxRows: 30 }}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (ask.data || ask.isError) ask.reset();
          }}
          aria-label={t("definition.title")}
          placeholder={"services:\n  - name: shop\n    display: { zh: 在线商城, en: Online shop }\n    …"}
        />
        <div className="row" style={{ marginTop: 10 }}>
          <ActionButton
            type="primary"
            loading={ask.isPending && ask.variables}
            reason={may("definition.write") ?? (text.trim() ? null : t("definition.nothingPasted"))}
            onClick={() => ask.mutate(true)}
          >
            {t("definition.try")}
          </ActionButton>
          {real.length > 0 && ask.variables && (
            <Popconfirm
              title={t("definition.applyAsk", { count: real.length })}
              okText={t("definition.apply")}
              cancelText={t("kit.cancel")}
              onConfirm={() => ask.mutate(false)}
            >
              <Button>{t("definition.apply")}</Button>
            </Popconfirm>
          )}
        </div>
      </Panel>
      {ask.isError && <FailureNote error={ask.error} />}
      {ask.data && (
        <Panel title={t("definition.changes")} hint={ask.variables ? t("definition.dry") : undefined}>
          {real.length === 0 ? (
            <Empty compact title={t("definition.same")} />
          ) : (
            <ul className="stack">
              {real.map((change) => (
                <li key={`${change.kind}${change.name}`}>
                  <div className="row">
                    <Status tone={TONE[change.action]} word={t(`definition.action.${change.action}`)} />
                    <span className="tag">{textOf(t, "definition.kind", change.kind)}</span>
                    <b>{change.name}</b>
                  </div>
                  {change.diff && (
                    <pre className="diff">
                      {change.diff.split("\n").map((line, index) => (
                        <span
                          key={index}
                          className={line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : ""}
                        >
                          {line}
                          {"\n"}
                        </span>
                      ))}
                    </pre>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Panel>
      )}
    </div>
  );
}
