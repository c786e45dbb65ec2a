// What is in a release: what was built, the changes it carries, what it settles.

import { Link } from "react-router";
import type { ReleaseDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { ChangeRef } from "@/manage/change/refs";
import { OUTCOME_TONE, STATE_TONE } from "@/manage/change/words";
import { path } from "@/path";

export function Contents({ release }: { release: ReleaseDetail }) {
  const { t } = useText();
  return (
    <Panel title={t("release.artefacts")} hint={String(release.artefacts.length)} flush>
      {release.artefacts.length === 0 ? (
        <Empty compact title={t("release.artefactsNone")} text={t("release.artefactsNoneText")} />
      ) : (
        <div className="table-wrap">
          <table className="table" aria-label={t("release.artefacts")}>
            <thead>
              <tr>
                <th scope="col">{t("release.artefact.name")}</th>
                <th scope="col">{t("release.artefact.digest")}</th>
                <th scope="col">{t("release.artefact.place")}</th>
              </tr>
            </thead>
            <tbody>
              {release.artefacts.map((each) => (
                <tr key={each.name + each.digest}>
                  <td>
                    {each.name} <span className="num">{each.version}</span>
                  </td>
                  <td className="mono clip" title={each.digest}>
                    {each.digest.slice(0, 19)}…
                  </td>
                  <td className="mono">{each.place}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

export function Settled({ release }: { release: ReleaseDetail }) {
  const { t } = useText();
  return (
    <>
      <Panel title={t("release.changes")} hint={String(release.changes.length)}>
        {release.changes.length === 0 ? (
          <Empty compact title={t("release.changesNone")} text={t("release.changesNoneText")} />
        ) : (
          <ul className="stack ticket-list" aria-label={t("release.changes")}>
            {release.changes.map((change) => (
              <li key={change.id} className="row-wrap">
                <ChangeRef change={change} />
                <span className="grow">{change.title}</span>
                {change.outcome ? (
                  <Status tone={OUTCOME_TONE[change.outcome]} word={t(`change.outcome.${change.outcome}`)} />
                ) : (
                  <Status tone={STATE_TONE[change.state]} word={t(`change.state.${change.state}`)} />
                )}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {release.problems.length + release.requests.length > 0 && (
        <Panel title={t("release.settles")}>
          <ul className="stack ticket-list">
            {release.problems.map((problem) => (
              <li key={problem.id} className="row-wrap">
                <Link to={path.problem(problem.id)}>{`PRB-${problem.number}`}</Link>
                <span className="grow">{problem.title}</span>
                <span className="faint">{t(`problem.state.${problem.state}`)}</span>
              </li>
            ))}
            {release.requests.map((request) => (
              <li key={request.id} className="row-wrap">
                <Link to={path.request(request.id)}>{`REQ-${request.number}`}</Link>
                <span className="faint">{t(`request.state.${request.state}`)}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
