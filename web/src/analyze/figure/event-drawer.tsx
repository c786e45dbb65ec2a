// One row of the ledger, as it stands: when it happened, when we learned it, who says so, and the seal it lies under.
import { useQuery } from "@tanstack/react-query";
import type { LedgerEvent } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { instant } from "@/kit/format";
import { useNames } from "@/manage/party/names";
import { figureQueries } from "./api";

export function EventDrawer({ seq, close }: { seq: number | null; close: () => void }) {
  const { t } = useText();
  return (
    <Drawer open={seq !== null} close={close} size={520} title={seq === null ? "" : t("figure.event.title", { seq })}>
      {seq !== null && <EventAnswer seq={seq} />}
    </Drawer>
  );
}

function EventAnswer({ seq }: { seq: number }) {
  const event = useQuery(figureQueries.event(seq));
  return (
    <Answer of={event} bones={<PanelBones height={220} />}>
      {(data) => <EventView event={data} />}
    </Answer>
  );
}

function EventView({ event }: { event: LedgerEvent }) {
  const { t, language } = useText();
  const name = useNames();
  const texts = Object.values(event.text).filter((text): text is string => Boolean(text));
  return (
    <div className="stack">
      <dl className="facts">
        <dt>{t("figure.event.kind")}</dt>
        <dd>
          <code>{event.kind}</code> v{event.version}
        </dd>
        <dt>{t("figure.event.occurred")}</dt>
        <dd>{instant(event.occurred_at, language)}</dd>
        <dt>{t("figure.event.recorded")}</dt>
        <dd>{instant(event.recorded_at, language)}</dd>
        <dt>{t("figure.event.actor")}</dt>
        <dd>
          {event.actor.kind === "person" ? name(event.actor.id) : event.actor.id}{" "}
          <span className="faint">({textOf(t, "figure.actor", event.actor.kind)})</span>
        </dd>
        <dt>{t("figure.event.source")}</dt>
        <dd>{event.source}</dd>
        <dt>{t("figure.event.subject")}</dt>
        <dd>
          {event.subject.kind} <code>{event.subject.id}</code>
        </dd>
        {event.evidence && (
          <>
            <dt>{t("figure.event.evidence")}</dt>
            <dd>
              <code>{event.evidence}</code>
            </dd>
          </>
        )}
        <dt>{t("figure.event.seal")}</dt>
        <dd>
          {event.seal ? (
            <>
              {t("figure.event.sealNumber", { n: event.seal.number })}
              <br />
              <code className="faint" style={{ overflowWrap: "anywhere" }}>
                {event.seal.root}
              </code>
            </>
          ) : (
            <span className="faint">{t("figure.event.unsealed")}</span>
          )}
        </dd>
      </dl>
      {texts.map((text) => (
        <blockquote key={text} className="quote">
          {text}
        </blockquote>
      ))}
      <pre className="payload">{JSON.stringify(event.payload, null, 2)}</pre>
    </div>
  );
}
