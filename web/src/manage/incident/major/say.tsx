// What is said with a step of a major incident, and the word that is owed.
import { Button, Input, Segmented } from "antd";
import { useEffect, useState } from "react";
import type { MajorStep } from "@/api/types";
import { useText } from "@/i18n";
import { Dialog } from "@/kit/dialog";
import type { Asked } from "./api";

export type Saying = { act: "update" } | { act: "step"; step: MajorStep };

/** Steps that say nothing without words. */
const WORDED: readonly MajorStep[] = ["demote"];

export function Say({
  what,
  close,
  busy,
  ask,
}: {
  what: Saying | null;
  close: () => void;
  busy: boolean;
  ask: (asked: Asked, done: { onSuccess: () => void }) => void;
}) {
  const { t } = useText();
  const [text, setText] = useState("");
  const [visibility, setVisibility] = useState<"public" | "internal">("public");
  useEffect(() => {
    if (what) setText("");
  }, [what]);
  if (!what) return null;
  const update = what.act === "update";
  const title = update ? t("incident.major.update") : t(`incident.major.step.${what.step}`);
  const label = update ? t("incident.major.updateHint") : t(`incident.major.said.${what.step as "mitigate"}`);
  const needed = update || WORDED.includes(what.step);
  const submit = () => {
    const said = text.trim();
    if (needed && !said) return;
    const asked: Asked = update
      ? { act: "update", visibility, text: said }
      : { act: "step", step: what.step, text: said || undefined };
    ask(asked, { onSuccess: close });
  };
  return (
    <Dialog open onCancel={close} width={560} title={title}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {update && (
          <div className="field">
            <span className="label">{t("incident.major.toWhom")}</span>
            <Segmented
              value={visibility}
              onChange={(value) => setVisibility(value)}
              options={(["public", "internal"] as const).map((code) => ({
                value: code,
                label: t(`incident.visibility.${code}`),
              }))}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor="major-say">{label}</label>
          <Input.TextArea
            id="major-say"
            autoFocus
            rows={4}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
            }}
          />
        </div>
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={busy} disabled={needed && !text.trim()}>
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
