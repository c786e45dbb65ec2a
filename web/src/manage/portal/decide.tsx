// Yes, no, or somebody else: for whoever is asked to approve.
import { Button, Input } from "antd";
import { useState } from "react";
import type { RequestDetail } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { PersonField } from "../catalogue/field";
import { useAct } from "../request/act";
import { requestActs } from "../request/api";

export function Decide({ of }: { of: RequestDetail }) {
  const step = of.approvals.find((each) => each.asks_you);
  return step ? <Answer id={step.id} /> : null;
}

function Answer({ id }: { id: string }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const [handing, setHanding] = useState(false);
  const answer = useAct(requestActs.answer);
  const delegate = useAct(requestActs.delegate);
  const failed = answer.error ?? delegate.error;
  return (
    <Panel title={t("portal.decide")}>
      {failed && <FailureNote error={failed} />}
      <div className="form">
        <Input.TextArea
          aria-label={t("portal.decideText")}
          placeholder={t("portal.decideText")}
          autoSize={{ minRows: 2 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="row-wrap">
          <Button type="primary" loading={answer.isPending} onClick={() => answer.mutate([id, true, text.trim()])}>
            {t("portal.approve")}
          </Button>
          <Button
            danger
            loading={answer.isPending}
            disabled={!text.trim()}
            onClick={() => answer.mutate([id, false, text.trim()])}
          >
            {t("portal.reject")}
          </Button>
          <Button type="text" onClick={() => setHanding(!handing)}>
            {t("portal.handOn")}
          </Button>
        </div>
        {handing && (
          <div className="field">
            <label htmlFor="hand-on">{t("portal.handOnTo")}</label>
            <PersonField id="hand-on" value={to} set={(person) => setTo(typeof person === "string" ? person : "")} />
            <Button disabled={!to} loading={delegate.isPending} onClick={() => delegate.mutate([id, to])}>
              {t("portal.handOn")}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}
