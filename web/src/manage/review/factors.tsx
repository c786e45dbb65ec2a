// What contributed: the fishbone, and the same as a table.
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { lazy, Suspense, useState } from "react";
import type { ReviewDetail, ReviewFactor } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Empty, useProblemText } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { reviewQueries, useEdit } from "./api";
import { brief, fishbone } from "./fishbone";
import "./review.css";

const FactorForm = lazy(() => import("./factor-form").then((part) => ({ default: part.FactorForm })));

export function Fishbone({ factors }: { factors: ReviewFactor[] }) {
  const { language } = useText();
  const causes = useQuery(reviewQueries.causes());
  if (!causes.data) return null;
  const bones = causes.data.bones;
  const fish = fishbone(
    bones.map((bone) => bone.name),
    factors,
  );
  const named = (name: string) =>
    nameIn(
      language,
      (bones.find((bone) => bone.name === name) ?? factors.find((factor) => factor.bone.name === name)?.bone)?.display,
    );
  const cause = (id: string) => nameIn(language, factors.find((factor) => factor.id === id)?.cause.display);
  return (
    <svg className="fishbone wide-only" viewBox={`0 0 ${fish.width} ${fish.height}`} aria-hidden="true">
      <line className="spine" x1={8} y1={fish.spine} x2={fish.width - 20} y2={fish.spine} />
      <path className="head" d={`M${fish.width - 20} ${fish.spine - 9} l18 9 l-18 9z`} />
      {fish.ribs.map((rib) => (
        <g key={rib.name} className={rib.bears ? "bears" : undefined}>
          <line x1={rib.from.x} y1={rib.from.y} x2={rib.to.x} y2={rib.to.y} />
          <text x={rib.label.x} y={rib.label.y} textAnchor="middle" className="bone">
            {named(rib.name)}
          </text>
          {rib.causes.map((at) => (
            <text key={at.id} x={at.x} y={at.y} textAnchor="end" className={at.primary ? "primary" : undefined}>
              {at.primary ? "★ " : ""}
              {brief(cause(at.id))}
            </text>
          ))}
        </g>
      ))}
    </svg>
  );
}

function Evidence({ factor, lines }: { factor: ReviewFactor; lines?: (seq: number) => string }) {
  const { t } = useText();
  const evidence = factor.evidence;
  if (evidence.kind === "link")
    return (
      <a href={evidence.url} target="_blank" rel="noreferrer noopener">
        {evidence.url}
      </a>
    );
  if (evidence.kind === "event")
    return (
      <a href={`#line-${evidence.seq}`}>{lines?.(evidence.seq) || t("review.factor.event", { seq: evidence.seq })}</a>
    );
  return <>{evidence.text || t("review.erased")}</>;
}

export function FactorTable({
  factors,
  lines,
  acts,
}: {
  factors: ReviewFactor[];
  /** What a line of the ledger is called. */
  lines?: (seq: number) => string;
  acts?: (factor: ReviewFactor) => React.ReactNode;
}) {
  const { t, language } = useText();
  return (
    <div className="factor-table">
      <table aria-label={t("review.factor.factors")}>
        <thead>
          <tr>
            <th>{t("review.factor.bone")}</th>
            <th>{t("review.factor.cause")}</th>
            <th>{t("review.factor.evidence")}</th>
            {acts && <th aria-label={t("review.factor.change")} />}
          </tr>
        </thead>
        <tbody>
          {factors.map((factor) => (
            <tr key={factor.id}>
              <td>{nameIn(language, factor.bone.display)}</td>
              <td>
                {nameIn(language, factor.cause.display)}{" "}
                {factor.primary && <Status tone="bad" word={t("review.factor.primary")} />}
              </td>
              <td>
                <Evidence factor={factor} lines={lines} />
              </td>
              {acts && <td>{acts(factor)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Factors({
  review,
  edits,
  lines,
}: {
  review: ReviewDetail;
  edits: boolean;
  lines: (seq: number) => string;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const words = useProblemText();
  const edit = useEdit(review);
  const [open, setOpen] = useState<ReviewFactor | "new" | null>(null);
  const remove = (id: string) =>
    edit.mutate({ edit: "factor_removed", id }, { onError: (error) => message.error(words(error)) });
  return (
    <Panel
      title={t("review.factor.factors")}
      actions={
        edits && (
          <Button size="small" onClick={() => setOpen("new")}>
            {t("review.factor.add")}
          </Button>
        )
      }
    >
      <Fishbone factors={review.factors} />
      {review.factors.length === 0 ? (
        <Empty compact title={t("review.factor.none")} text={t("review.factor.noneText")} />
      ) : (
        <FactorTable
          factors={review.factors}
          lines={lines}
          acts={
            edits
              ? (factor) => (
                  <span className="row-wrap">
                    <Button size="small" type="text" onClick={() => setOpen(factor)}>
                      {t("review.factor.change")}
                    </Button>
                    <Button size="small" type="text" loading={edit.isPending} onClick={() => remove(factor.id)}>
                      {t("review.factor.remove")}
                    </Button>
                  </span>
                )
              : undefined
          }
        />
      )}
      {open && (
        <Suspense>
          <FactorForm review={review} factor={open === "new" ? null : open} lines={lines} close={() => setOpen(null)} />
        </Suspense>
      )}
    </Panel>
  );
}
