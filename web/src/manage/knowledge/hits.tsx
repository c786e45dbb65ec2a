// What was found, with what was looked for marked.
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { SearchHit, SearchPart } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Ago } from "@/kit/time";
import { hitNumber, hitPath } from "./words";
import "./knowledge.css";

export function Parts({ parts }: { parts: SearchPart[] }) {
  let at = 0;
  return parts.map((part) => {
    const key = at;
    at += part.text.length;
    return part.mark ? <mark key={key}>{part.text}</mark> : <span key={key}>{part.text}</span>;
  });
}

export function Hits({
  hits,
  portal = false,
  brief = false,
  open,
  acts,
}: {
  hits: SearchHit[];
  portal?: boolean;
  /** Without what shows why. */
  brief?: boolean;
  open?: (hit: SearchHit) => void;
  acts?: (hit: SearchHit) => ReactNode;
}) {
  const { t, language } = useText();
  return (
    <ul className="found-list">
      {hits.map((hit) => (
        <li key={hit.kind + hit.id}>
          <div className="row-wrap">
            <Link to={hitPath(hit, portal)} onClick={() => open?.(hit)}>
              <span className="num">{hitNumber(hit)}</span>{" "}
              {hit.title.length > 0 ? <Parts parts={hit.title} /> : t("knowledge.erased")}
            </Link>
            {acts?.(hit)}
          </div>
          {!brief && hit.snippet.length > 0 && (
            <p className="muted">
              <Parts parts={hit.snippet} />
            </p>
          )}
          <p className="faint">
            {t(hit.kind === "article" ? `knowledge.kind.${hit.state}` : `${hit.kind}.state.${hit.state}`)}
            {hit.service && ` · ${nameIn(language, hit.service.display)}`} · <Ago at={hit.at} />
          </p>
        </li>
      ))}
    </ul>
  );
}
