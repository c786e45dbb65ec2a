// A report reads like a document: a contents list at the left, words edited in place, comments in the margin, footnotes
// with formula, n and a way to the evidence.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Input, Popconfirm, Segmented, Tooltip } from "antd";
import { Download, MessageSquarePlus, Pencil, RefreshCw } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Figure, Report, ReportSection } from "@/api/types";
import { type Language, nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, PanelBones, useProblemText } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { instant, listed } from "@/kit/format";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { counted, useEvidence } from "../figure/figure";
import { isEditable, reportActs, reportQueries, STATE_TONE, STEP_PERMISSION, STEPS, type Step, take } from "./api";
import { Computed } from "./block";
import "./report.css";
import "@/manage/service/service.css";
import { periodText } from "./period";

export default function ReportDetail() {
  const { id = "" } = useParams();
  const report = useQuery(reportQueries.one(id));
  return (
    <Answer
      of={report}
      bones={
        <div className="page">
          <Bone w="40%" h={28} />
          <PanelBones height={560} />
        </div>
      }
    >
      {(data) => <Detail report={data} />}
    </Answer>
  );
}

function Detail({ report }: { report: Report }) {
  const { t, language } = useText();
  const [open, drawer] = useEvidence({ report: report.id });
  // A figure that stands in two sections has one note.
  const notes = [
    ...new Map(report.sections.flatMap((section) => section.figures).map((figure) => [figure.id, figure])).values(),
  ];
  const services = useQuery(serviceQueries.all());
  const about = report.service_ids.map((id) =>
    nameIn(language, services.data?.find((service) => service.id === id)?.display),
  );
  const footnote = (figure: Figure) => notes.findIndex((each) => each.id === figure.id) + 1;
  return (
    <div className="page report-page">
      <header className="page-head no-print">
        <div>
          <nav className="crumb" aria-label={t("kit.crumbs")}>
            <Link to={path.reports()}>{t("report.title")}</Link> / <span>SR-{report.number}</span>
          </nav>
          <div className="row-wrap">
            <Status tone={STATE_TONE[report.state]} word={t(`report.state.${report.state}`)} pill />
            <span className="muted">{t(`report.stateHelp.${report.state}`)}</span>
          </div>
        </div>
        <Actions report={report} />
      </header>
      <div className="report-layout">
        <nav className="contents no-print wide-only" aria-label={t("report.contents")}>
          {report.sections.map((section, index) => (
            <a key={section.id} href={`#${section.id}`}>
              <span>{index + 1}</span> {nameIn(language, section.title)}
            </a>
          ))}
          <a href="#notes">
            <span>·</span> {t("report.notes")}
          </a>
        </nav>
        <article className="paper">
          <div className="paper-head">
            <p className="faint">
              SR-{report.number} · {t("report.version", { n: report.version })}
              {report.restates && (
                <>
                  {" · "}
                  <Link to={path.report(report.restates)}>{t("report.restates")}</Link>
                </>
              )}
            </p>
            <h1>{nameIn(language, report.title)}</h1>
            <p className="lead">
              {periodText(report.from, report.to, report.zone)} · {report.zone}
            </p>
            <p className="muted">
              {report.customer
                ? t("report.for", { who: nameIn(language, report.customer.display) })
                : t("report.internal")}
              {about.some(Boolean) && ` · ${listed(about, language)}`}
            </p>
          </div>
          {report.sections.map((section, index) => (
            <Section
              key={section.id}
              section={section}
              index={index + 1}
              report={report}
              open={open}
              footnote={footnote}
            />
          ))}
          <section id="notes" className="paper-section">
            <h2>{t("report.notes")}</h2>
            <ol className="footnotes">
              {notes.map((figure, index) => (
                <li key={figure.id} id={`note-${index + 1}`}>
                  <sup>{index + 1}</sup>
                  <span>
                    <b>{nameIn(language, figure.name)}</b> {nameIn(language, figure.formula)}{" "}
                    <span className="faint">n = {counted(figure, figure.n, language)}</span>
                    {figure.unknown > 0 && (
                      <span className="faint">
                        {" "}
                        · {t("figure.unknown", { n: counted(figure, figure.unknown, language) })}
                      </span>
                    )}{" "}
                    <button type="button" className="link-button no-print" onClick={() => open(figure)}>
                      {t("report.evidence")}
                    </button>
                  </span>
                </li>
              ))}
            </ol>
          </section>
          <footer className="paper-foot faint">
            {t("report.position", { n: report.position })}{" "}
            {report.figures_hash && (
              <>
                · {t("report.figuresHash")} <code>{report.figures_hash.slice(0, 16)}</code>{" "}
              </>
            )}
            {report.document_hash && (
              <>
                · {t("report.documentHash")} <code>{report.document_hash.slice(0, 16)}</code>{" "}
              </>
            )}
            {report.published_at && <>· {t("report.publishedAt", { at: instant(report.published_at, language) })}</>}
          </footer>
        </article>
      </div>
      {drawer}
    </div>
  );
}

function Actions({ report }: { report: Report }) {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [reworking, setReworking] = useState(false);
  const [why, setWhy] = useState("");
  const step = useMutation({
    mutationFn: (which: Step) => take(report, which, why.trim()),
    onSuccess: (next, which) => {
      message.success(t(`report.did.${which}`));
      setReworking(false);
      setWhy("");
      if (which === "restate" && next?.id && next.id !== report.id) navigate(path.report(next.id));
    },
    onError: (error) => message.error(problemText(error), 6),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["report"] });
      void queries.invalidateQueries({ queryKey: ["home"] });
    },
  });
  return (
    <div className="page-actions">
      <Dropdown
        menu={{
          items: (["zh", "en"] as const).map((each) => ({
            key: each,
            label: (
              <a href={path.reportPdf(report.id, each)} download={`SR-${report.number}-${each}.pdf`}>
                {each === "zh" ? "PDF · 中文" : "PDF · English"}
              </a>
            ),
          })),
        }}
      >
        <Button icon={<Download size={15} />}>PDF</Button>
      </Dropdown>
      {STEPS[report.state].map((which, index) => {
        const reason = may(STEP_PERMISSION[which]) ?? (report.allowed.includes(which) ? null : t("report.refused"));
        const pressed = (go: () => void) => (
          <ActionButton
            key={which}
            type={index === 0 ? "primary" : "default"}
            reason={reason}
            loading={step.isPending && step.variables === which}
            onClick={go}
          >
            {t(`report.step.${which}`)}
          </ActionButton>
        );
        if (which === "refresh")
          return (
            <ActionButton
              key={which}
              icon={<RefreshCw size={14} />}
              reason={reason}
              tip={t("report.refreshTip")}
              aria-label={t("report.step.refresh")}
              loading={step.isPending && step.variables === which}
              onClick={() => step.mutate(which)}
            />
          );
        if (which === "rework") return pressed(() => setReworking(true));
        if (which === "publish" || which === "restate")
          return reason ? (
            pressed(() => {})
          ) : (
            <Popconfirm
              key={which}
              title={t(`report.ask.${which}`)}
              okText={t(`report.step.${which}`)}
              cancelText={t("kit.cancel")}
              onConfirm={() => step.mutate(which)}
              placement="bottomRight"
            >
              <Button type="primary" loading={step.isPending}>
                {t(`report.step.${which}`)}
              </Button>
            </Popconfirm>
          );
        return pressed(() => step.mutate(which));
      })}
      <Dialog
        open={reworking}
        onCancel={() => setReworking(false)}
        title={t("report.step.rework")}
        okText={t("report.step.rework")}
        cancelText={t("kit.cancel")}
        okButtonProps={{ disabled: !why.trim(), loading: step.isPending }}
        onOk={() => step.mutate("rework")}
      >
        <Input.TextArea
          rows={4}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
          placeholder={t("report.reworkHint")}
          aria-label={t("report.reworkHint")}
        />
      </Dialog>
    </div>
  );
}

function Section({
  section,
  index,
  report,
  open,
  footnote,
}: {
  section: ReportSection;
  index: number;
  report: Report;
  open: (figure: Figure) => void;
  footnote: (figure: Figure) => number;
}) {
  const { t, language } = useText();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const [commenting, setCommenting] = useState(false);
  const comments = report.comments.filter((comment) => comment.section === section.id);
  const text = section.text?.[language];
  const editable = isEditable(report.state);
  return (
    <section id={section.id} className="paper-section">
      <h2>
        <span className="section-number">{index}</span>
        {nameIn(language, section.title)}
        <span className="section-tools no-print">
          <Tooltip title={may("report.write") ?? (editable ? t("report.edit") : t("report.frozen"))}>
            <button
              type="button"
              className="bar-button"
              disabled={!editable || Boolean(may("report.write"))}
              aria-label={t("report.editOf", { title: nameIn(language, section.title) })}
              onClick={() => setEditing(true)}
            >
              <Pencil size={14} />
            </button>
          </Tooltip>
          <Tooltip title={may("report.comment") ?? t("report.comment")}>
            <button
              type="button"
              className="bar-button"
              disabled={Boolean(may("report.comment"))}
              aria-label={t("report.commentOf", { title: nameIn(language, section.title) })}
              onClick={() => setCommenting(true)}
            >
              <MessageSquarePlus size={14} />
            </button>
          </Tooltip>
        </span>
      </h2>
      <div className="section-body">
        <div className="section-main">
          {editing ? (
            <Editor section={section} report={report} done={() => setEditing(false)} />
          ) : text ? (
            text.split(/\n{2,}/).map((paragraph) => <p key={paragraph}>{paragraph}</p>)
          ) : (
            editable && (
              <button
                type="button"
                className="write-here no-print"
                disabled={Boolean(may("report.write"))}
                onClick={() => setEditing(true)}
              >
                {t("report.writeHere")}
              </button>
            )
          )}
          <Computed section={section} report={report} open={open} footnote={footnote} />
        </div>
        {(comments.length > 0 || commenting) && (
          <aside className="margin no-print">
            {comments.map((comment) => (
              <div key={comment.id} className="comment">
                <b>{nameIn(language, comment.author?.display)}</b>{" "}
                <span className="faint">
                  <Ago at={comment.at} />
                </span>
                <p>{comment.text}</p>
              </div>
            ))}
            {commenting && <CommentForm report={report.id} section={section.id} done={() => setCommenting(false)} />}
          </aside>
        )}
      </div>
    </section>
  );
}

function Editor({ section, report, done }: { section: ReportSection; report: Report; done: () => void }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [which, setWhich] = useState<Language>(language);
  const [texts, setTexts] = useState({ zh: section.text?.zh ?? "", en: section.text?.en ?? "" });
  const save = useMutation({
    mutationFn: async () => {
      let revision = report.revision;
      for (const each of ["zh", "en"] as const) {
        if (texts[each] === (section.text?.[each] ?? "")) continue;
        revision = (await reportActs.write({ id: report.id, revision }, section.id, each, texts[each])).revision;
      }
    },
    onSuccess: done,
    onError: (error) => message.error(problemText(error), 6),
    onSettled: () => queries.invalidateQueries({ queryKey: ["report", "one", report.id] }),
  });
  return (
    <div className="editor">
      <Segmented
        size="small"
        value={which}
        onChange={(value) => setWhich(value)}
        options={[
          { value: "zh" as const, label: "中文" },
          { value: "en" as const, label: "English" },
        ]}
      />
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 4, maxRows: 18 }}
        lang={which === "zh" ? "zh-CN" : "en"}
        value={texts[which]}
        aria-label={t("report.editOf", { title: nameIn(language, section.title) })}
        onChange={(event) => setTexts({ ...texts, [which]: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save.mutate();
        }}
      />
      <div className="row">
        <Button type="primary" size="small" loading={save.isPending} onClick={() => save.mutate()}>
          {t("kit.save")}
        </Button>
        <Button size="small" onClick={done}>
          {t("kit.cancel")}
        </Button>
        <span className="faint">{t("report.paragraphs")}</span>
      </div>
    </div>
  );
}

function CommentForm({ report, section, done }: { report: string; section: string; done: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [text, setText] = useState("");
  const send = useMutation({
    mutationFn: () => reportActs.comment(report, section, text.trim()),
    onSuccess: done,
    onError: (error) => message.error(problemText(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ["report", "one", report] }),
  });
  return (
    <div className="comment">
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 2, maxRows: 8 }}
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label={t("report.comment")}
        placeholder={t("report.commentHint")}
      />
      <div className="row" style={{ marginTop: 6 }}>
        <Button
          type="primary"
          size="small"
          disabled={!text.trim()}
          loading={send.isPending}
          onClick={() => send.mutate()}
        >
          {t("report.comment")}
        </Button>
        <Button size="small" type="text" onClick={done}>
          {t("kit.cancel")}
        </Button>
      </div>
    </div>
  );
}
