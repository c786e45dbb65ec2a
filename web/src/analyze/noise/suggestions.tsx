// What could page less: what it would have spared, what it would have cost, and what to write where.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { NoiseSuggestion } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty, FailureNote } from "@/kit/answer";
import { CopyButton } from "@/kit/copy";
import { Drawer } from "@/kit/drawer";
import { shortInstant, span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { IncidentRef } from "@/manage/incident/refs";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { dismissSuggestion } from "./api";
import { changeOf, isConfiguration } from "./change";

export function Suggestions({ suggestions }: { suggestions: NoiseSuggestion[] }) {
  const { t } = useText();
  const [shown, setShown] = useState<NoiseSuggestion | null>(null);
  const [refused, setRefused] = useState<NoiseSuggestion | null>(null);
  return (
    <Panel title={t("noise.suggestions")} hint={String(suggestions.filter((one) => !one.dismissed).length)}>
      {suggestions.length === 0 ? (
        <Empty compact title={t("noise.noSuggestions")} text={t("noise.noSuggestionsText")} />
      ) : (
        <ul className="noise-suggestions">
          {suggestions.map((one) => (
            <Suggestion key={one.id} one={one} show={() => setShown(one)} refuse={() => setRefused(one)} />
          ))}
        </ul>
      )}
      {shown && <ChangeDrawer one={shown} close={() => setShown(null)} />}
      {refused && <DismissDrawer one={refused} close={() => setRefused(null)} />}
    </Panel>
  );
}

function useWhat(one: NoiseSuggestion): string {
  const { t, language } = useText();
  const { change } = one;
  if (change.kind === "confirm_longer") return t("noise.change.confirm_longer", { span: span(change.secs, language) });
  if (change.kind === "depend_on") return t("noise.change.depend_on", { name: change.name });
  return t(`noise.change.${change.kind}`);
}

function Suggestion({ one, show, refuse }: { one: NoiseSuggestion; show: () => void; refuse: () => void }) {
  const { t, language } = useText();
  const may = useMay();
  const what = useWhat(one);
  const { backtest } = one;
  const later = backtest.costs.filter((cost) => cost.later_secs !== null).length;
  const never = backtest.costs.length - later;
  return (
    <li className={one.dismissed ? "dismissed" : ""}>
      <div className="row-wrap">
        <b className="grow">
          {one.name} <span className="faint">{nameIn(language, one.service)}</span>
        </b>
        {!one.dismissed && (
          <>
            <Button size="small" type="primary" onClick={show}>
              {t("noise.show")}
            </Button>
            <ActionButton size="small" reason={may("noise.write")} onClick={refuse}>
              {t("noise.dismiss")}
            </ActionButton>
          </>
        )}
      </div>
      <p>{what}</p>
      <p className="muted">
        {t("noise.backtest", { pages: backtest.pages_avoided, incidents: backtest.incidents_avoided, n: backtest.n })}{" "}
        {backtest.costs.length === 0
          ? t("noise.noCost")
          : [later > 0 ? t("noise.later", { n: later }) : "", never > 0 ? t("noise.never", { n: never }) : ""]
              .filter(Boolean)
              .join(t("noise.and")) + t("noise.end")}
        {backtest.unknown > 0 && ` ${t("noise.unknownN", { n: backtest.unknown })}`}
      </p>
      {one.dismissed && (
        <p className="faint">
          {t("noise.dismissedBy", { who: one.dismissed.display, at: shortInstant(one.dismissed.at) })}
          {one.dismissed.reason && `: ${one.dismissed.reason}`}
        </p>
      )}
    </li>
  );
}

/** What to write where, and the real faults that it would have touched. */
function ChangeDrawer({ one, close }: { one: NoiseSuggestion; close: () => void }) {
  const { t, language } = useText();
  const text = changeOf(one);
  const to =
    one.change.kind === "depend_on"
      ? path.service(one.service_id)
      : one.source_kind === "rule"
        ? path.rules({ q: one.name })
        : path.probes();
  return (
    <Drawer open close={close} size={560} title={one.name}>
      <div className="stack">
        <p>{t(`noise.how.${one.change.kind}`)}</p>
        <div className="example">
          <pre>{text}</pre>
          <CopyButton text={text} />
        </div>
        <div className="row-wrap">
          {isConfiguration(one) && (
            <Link to={path.settings("configuration", { text })}>{t("noise.toConfiguration")}</Link>
          )}
          <Link to={to}>{t("noise.toSource")}</Link>
        </div>
        <h3>{t("noise.costs")}</h3>
        {one.backtest.costs.length === 0 ? (
          <p className="muted">{t("noise.noCost")}</p>
        ) : (
          <ul className="stack" style={{ gap: 6 }}>
            {one.backtest.costs.map((cost) => (
              <li key={cost.incident_id} className="row">
                <IncidentRef id={cost.incident_id} number={cost.number} />
                <span>
                  {cost.later_secs === null
                    ? t("noise.neverTold")
                    : t("noise.toldLater", { span: span(cost.later_secs, language) })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Drawer>
  );
}

function DismissDrawer({ one, close }: { one: NoiseSuggestion; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const what = useWhat(one);
  const [reason, setReason] = useState("");
  const dismiss = useMutation({
    mutationFn: () => dismissSuggestion(one.id, reason.trim()),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["noise"] });
      close();
    },
  });
  return (
    <Drawer open close={close} size={460} title={t("noise.dismiss")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          dismiss.mutate();
        }}
      >
        {dismiss.isError && <FailureNote error={dismiss.error} />}
        <p>
          <b>{one.name}</b>: {what}
        </p>
        <div className="field">
          <label htmlFor="noise-reason">{t("noise.why")}</label>
          <Input.TextArea
            id="noise-reason"
            autoFocus
            maxLength={500}
            autoSize={{ minRows: 2 }}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <p className="help">{t("noise.whyHelp")}</p>
        </div>
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!reason.trim()} loading={dismiss.isPending}>
            {t("noise.dismiss")}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
