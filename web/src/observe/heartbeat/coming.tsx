import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import type { HeartbeatTimes } from "@/api/types";
import { textOf, useText } from "@/i18n";
import { Answer, Bone } from "@/kit/answer";
import { day, timeOfDay } from "@/kit/format";
import { heartbeatQueries } from "./api";

/** The next five instants of a schedule that is being written, in the reader's time; or what is wrong with it. */
export function Coming({ times }: { times: HeartbeatTimes }) {
  const { t, language } = useText();
  const asked = useQuery(heartbeatQueries.coming(useDeferredValue(times)));
  return (
    <Answer of={asked} bones={<Bone h={100} />}>
      {({ coming, wrong }) =>
        wrong ? (
          <div className="is-bad" role="alert">
            {textOf(t, "heartbeat.wrong", wrong.field)} <small className="mono">{wrong.detail}</small>
          </div>
        ) : coming.length === 0 ? (
          <p className="is-bad">{t("heartbeat.never")}</p>
        ) : (
          <ol className="coming" aria-label={t("heartbeat.coming")}>
            {coming.map((at) => (
              <li key={at}>
                {day(at, language)} <b>{timeOfDay(at)}</b>
              </li>
            ))}
          </ol>
        )
      }
    </Answer>
  );
}
