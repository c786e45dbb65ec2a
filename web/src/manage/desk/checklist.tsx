// What is to be done on an incident, and what of it is done: by whom, when.
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input, type InputRef } from "antd";
import { useImperativeHandle, useRef, useState } from "react";
import { useText } from "@/i18n";
import { Answer, Bone, FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { useMay } from "@/shell/session";
import { deskActs, deskQueries, useDeskAct } from "./api";
import { KeyHint } from "./help";

export interface ChecklistHandle {
  focus: () => void;
}

export function Checklist({ id, ref }: { id: string; ref?: React.Ref<ChecklistHandle> }) {
  const { t } = useText();
  const items = useQuery(deskQueries.checklist(id));
  const [text, setText] = useState("");
  const field = useRef<InputRef>(null);
  const add = useDeskAct(deskActs.addCheck, () => setText(""));
  const check = useDeskAct(deskActs.check);
  const writes = useMay()("incident.write") === null;
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }));
  const failed = add.error ?? check.error;
  const done = items.data?.filter((item) => item.done_at).length ?? 0;
  return (
    <Panel
      title={t("desk.checklist.title")}
      hint={items.data && items.data.length > 0 ? `${done}/${items.data.length}` : undefined}
      actions={<KeyHint does="checklist" />}
    >
      {failed && <FailureNote error={failed} />}
      <Answer of={items} bones={<Bone />}>
        {(found) => (
          <ul className="stack" style={{ gap: 6 }}>
            {found.map((item) => (
              <li key={item.id}>
                <Checkbox
                  checked={item.done_at !== null}
                  disabled={!writes}
                  onChange={(event) => check.mutate([id, item.id, event.target.checked])}
                >
                  {item.text || t("incident.erased")}
                  {item.done_at && (
                    <span className="faint">
                      {" "}
                      · {item.done_by?.display} <Ago at={item.done_at} />
                    </span>
                  )}
                </Checkbox>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {writes && (
        <Input
          ref={field}
          style={{ marginTop: 8 }}
          value={text}
          maxLength={300}
          onChange={(event) => setText(event.target.value)}
          placeholder={t("desk.checklist.add")}
          aria-label={t("desk.checklist.add")}
          onPressEnter={() => {
            if (text.trim() && !add.isPending) add.mutate([id, text.trim()]);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      )}
    </Panel>
  );
}
