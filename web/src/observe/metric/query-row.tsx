// One query of the explorer: its letter, its text, what the engine said about it.
import { Button, Tooltip } from "antd";
import { Eye, EyeOff, Plus, X } from "lucide-react";
import { lazy, type Ref, Suspense } from "react";
import { useText } from "@/i18n";
import { Bone } from "@/kit/answer";
import { Shape, type Tone } from "@/kit/status";
import type { EditorHandle, Remark } from "./editor";
import type { Place } from "./prom";
import { placed } from "./prom";

const Editor = lazy(() => import("./editor"));

export interface Outcome {
  error: { text: string; place: Place | null; kind: string } | null;
  warnings: string[];
  infos: string[];
}

/** What can be shown at its place in the text. */
export function remarksOf(outcome: Outcome | undefined): Remark[] {
  if (!outcome) return [];
  const at = (severity: Remark["severity"], text: string): Remark[] => {
    const { text: words, place } = placed(text);
    return place ? [{ place, severity, text: words }] : [];
  };
  return [
    ...(outcome.error?.place
      ? [{ place: outcome.error.place, severity: "error" as const, text: outcome.error.text }]
      : []),
    ...outcome.warnings.flatMap((text) => at("warning", text)),
    ...outcome.infos.flatMap((text) => at("info", text)),
  ];
}

export function QueryRow({
  letter,
  text,
  off,
  only,
  outcome,
  remarks,
  editor,
  change,
  run,
  toggle,
  remove,
  goTo,
}: {
  letter: string;
  text: string;
  off: boolean;
  /** The last one stays. */
  only: boolean;
  outcome: Outcome | undefined;
  remarks: Remark[];
  editor: Ref<EditorHandle>;
  change: (text: string) => void;
  run: () => void;
  toggle: () => void;
  remove: () => void;
  goTo: (place: Place) => void;
}) {
  const { t } = useText();
  const label = t("metric.query.label", { letter });
  return (
    <li className={`query-row${off ? " off" : ""}`}>
      <b className="query-letter" aria-hidden="true">
        {letter}
      </b>
      <div className="grow">
        <Suspense fallback={<Bone h={34} r={6} />}>
          <Editor
            ref={editor}
            value={text}
            onChange={change}
            onRun={run}
            label={label}
            placeholder={t("metric.query.placeholder")}
            remarks={remarks}
          />
        </Suspense>
        {outcome && <Outcomes outcome={outcome} goTo={goTo} />}
      </div>
      <div className="query-do">
        <Tooltip title={t(off ? "metric.query.show" : "metric.query.hide")}>
          <Button
            type="text"
            size="small"
            aria-label={`${t(off ? "metric.query.show" : "metric.query.hide")} ${letter}`}
            icon={off ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}
            onClick={toggle}
          />
        </Tooltip>
        {!only && (
          <Tooltip title={t("metric.query.remove")}>
            <Button
              type="text"
              size="small"
              aria-label={`${t("metric.query.remove")} ${letter}`}
              icon={<X size={15} aria-hidden />}
              onClick={remove}
            />
          </Tooltip>
        )}
      </div>
    </li>
  );
}

export function AddQuery({ add }: { add: () => void }) {
  const { t } = useText();
  return (
    <Button type="text" size="small" icon={<Plus size={14} aria-hidden />} onClick={add}>
      {t("metric.query.add")}
    </Button>
  );
}

const KNOWN = ["bad_data", "execution", "timeout", "canceled", "internal", "unavailable", "unreachable"];

export function Outcomes({ outcome, goTo }: { outcome: Outcome; goTo?: (place: Place) => void }) {
  const { t } = useText();
  const rows: { tone: Tone; title: string; text: string; place: Place | null }[] = [];
  if (outcome.error) {
    const kind = KNOWN.includes(outcome.error.kind) ? outcome.error.kind : "other";
    rows.push({
      tone: "bad",
      title: t(`metric.failure.${kind}`),
      text: outcome.error.text,
      place: outcome.error.place,
    });
  }
  for (const warning of outcome.warnings)
    rows.push({ tone: "attention", title: t("metric.warning"), ...placed(warning) });
  for (const info of outcome.infos) rows.push({ tone: "active", title: t("metric.info"), ...placed(info) });
  if (rows.length === 0) return null;
  return (
    <div role={outcome.error ? "alert" : undefined}>
      <ul className="outcomes">
        {rows.map((row, index) => (
          <li key={index} className={`is-${row.tone}`}>
            <Shape tone={row.tone} />
            <span>
              <b>{row.title}</b>{" "}
              {row.place && goTo ? (
                <button type="button" className="link-button" onClick={() => row.place && goTo(row.place)}>
                  {t("metric.at", { line: row.place.line, column: row.place.column })}
                </button>
              ) : (
                row.place && <span>{t("metric.at", { line: row.place.line, column: row.place.column })}</span>
              )}{" "}
              <span className="said">{row.text}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
