// What a question to the server looks like while it is asked, when it failed, and when there is nothing.
import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { type Translate, textOf, useText } from "@/i18n";
import { CopyButton } from "./copy";

export function FailureNote({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useText();
  const problem = asProblem(error);
  const known = textOf(t, "kit.problem", problem.code) !== problem.code;
  return (
    <div className="failure" role="alert">
      <CircleAlert size={18} aria-hidden />
      <div className="grow">
        <h3>{known ? t(`kit.problem.${problem.code}`) : t("kit.problem.other", { code: problem.code })}</h3>
        <p>
          {textOf(t, "kit.remedy", problem.code) === problem.code
            ? t("kit.remedy.other")
            : t(`kit.remedy.${problem.code}`)}
        </p>
        <div className="meta">
          {problem.at && <span>{t("kit.where", { at: problem.at })}</span>}
          {accepted(problem, t) && <span>{accepted(problem, t)}</span>}
          {problem.detail && <span className="mono detail">{problem.detail}</span>}
          {problem.requestId && (
            <span>
              {t("kit.requestId")} <code>{problem.requestId}</code>
            </span>
          )}
        </div>
        {again && (
          <Button size="small" style={{ marginTop: 10 }} onClick={again}>
            {t("kit.again")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** What would be accepted instead, in words where it is a state; a version is no word for anyone. */
function accepted(problem: Problem, t: Translate): string {
  if (problem.allowed.length === 0 || problem.code === "precondition_failed") return "";
  return ` ${t("kit.allowed", { list: problem.allowed.map((each) => textOf(t, "incident.state", each)).join(", ") })}`;
}

/** Something that the server could not take: what it means, what to do, what was said. */
export function Trouble({ title, text, detail }: { title: string; text: string; detail: string }) {
  return (
    <div className="failure" role="alert">
      <CircleAlert size={18} aria-hidden />
      <div>
        <h3>{title}</h3>
        <p>{text}</p>
        <div className="meta mono detail">{detail}</div>
      </div>
    </div>
  );
}

/** One sentence for a toast: what and what to do. */
export function useProblemText() {
  const { t } = useText();
  return (error: unknown): string => {
    const problem = asProblem(error);
    const title = textOf(t, "kit.problem", problem.code);
    const allowed = accepted(problem, t);
    const id = problem.requestId ? ` (${problem.requestId})` : "";
    const what = title === problem.code ? t("kit.problem.other", { code: problem.code }) : title;
    const remedy = textOf(t, "kit.remedy", problem.code);
    return t("kit.refused", { what, remedy: remedy === problem.code ? "" : remedy }).trim() + allowed + id;
  };
}

/** Shows the answer; a skeleton of its shape before; what went wrong instead. Old data stays while new is asked for. */
export function Answer<T>({
  of,
  bones,
  children,
}: {
  of: UseQueryResult<T>;
  bones: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { t } = useText();
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.isError) return <FailureNote error={of.error} again={() => void of.refetch()} />;
  return (
    <div aria-busy="true">
      <span className="sr-only" role="status">
        {t("kit.loading")}
      </span>
      {bones}
    </div>
  );
}

export function Bone({ w = "100%", h = 14, r }: { w?: number | string; h?: number; r?: number }) {
  return <span className="bone" style={{ width: w, height: h, borderRadius: r }} />;
}

/** Rows to come. */
export function TableBones({
  rows = 8,
  widths = ["8%", "40%", "14%", "12%", "10%"],
}: {
  rows?: number;
  widths?: string[];
}) {
  return (
    <div>
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={row}
          className="row"
          style={{ height: "var(--row)", padding: "0 16px", gap: 24, borderBottom: "1px solid var(--line)" }}
        >
          {widths.map((w, column) => (
            <Bone key={column} w={w} h={11} />
          ))}
        </div>
      ))}
    </div>
  );
}

export function PanelBones({ height = 160 }: { height?: number }) {
  return (
    <div className="panel" style={{ height, padding: 16, display: "grid", gap: 12, alignContent: "start" }}>
      <Bone w="30%" h={14} />
      <Bone w="90%" h={11} />
      <Bone w="70%" h={11} />
    </div>
  );
}

/** Teaches: what this is for, one thing to do, one example. */
export function Empty({
  title,
  text,
  action,
  example,
  compact = false,
}: {
  title: string;
  text?: ReactNode;
  action?: ReactNode;
  example?: string;
  compact?: boolean;
}) {
  return (
    <div className="empty" style={compact ? { padding: "22px 16px" } : undefined}>
      {!compact && (
        <svg
          className="art"
          width="84"
          height="44"
          viewBox="0 0 84 44"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          aria-hidden="true"
        >
          <path d="M2 22c6-4 10-4 16 0s10 4 16 0 10-4 16 0 10 4 16 0 10-4 16 0" opacity=".35" />
          <path d="M26 16h32M29 16c1 9 6 14 13 14s12-5 13-14M42 30v8M42 16V4M42 4l9 8" />
        </svg>
      )}
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {example && (
        <div className="example">
          <pre>{example}</pre>
          <CopyButton text={example} />
        </div>
      )}
      {action && <div className="do">{action}</div>}
    </div>
  );
}
