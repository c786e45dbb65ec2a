// One dashboard: read with a range and choices, all in the address; changed in place, with every step to be taken back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown, Popconfirm, Select } from "antd";
import { Code, Copy, Pencil, Plus, Redo2, Settings2, Trash2, Undo2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { serverNow } from "@/api/client";
import { asProblem } from "@/api/problem";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, PanelBones, useProblemText } from "@/kit/answer";
import { PageHead } from "@/kit/panel";
import { durationText, type Range, spanOf } from "@/observe/metric/range";
import { TimePicker } from "@/observe/metric/time-picker";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { dashboardActs, dashboardQueries } from "./api";
import { BoardGrid } from "./board-grid";
import { BoardSettings } from "./board-settings";
import { CodeEditor } from "./code-editor";
import { keepDraft, readDraft } from "./draft";
import { bottomOf, settled } from "./grid";
import { type Board, freshId, KINDS, type PanelKind } from "./model";
import { NewBoard } from "./new-board";
import { packOf } from "./packs";
import { PanelEditor } from "./panel-editor";
import { begin, changed, type Past, redone, undone } from "./undo";
import { readChoices } from "./variable";
import { Variables } from "./variables";
import "./dashboard.css";

export default function DashboardPage() {
  const { name = "" } = useParams();
  const pack = packOf(name);
  const kept = useQuery({ ...dashboardQueries.one(name), enabled: !pack });
  if (pack) return <Shown key={name} name={name} board={pack.board} version={null} />;
  return (
    <Answer
      of={kept}
      bones={
        <div className="page">
          <PanelBones height={64} />
          <PanelBones height={420} />
        </div>
      }
    >
      {(data) => <Shown key={name} name={name} board={data.board} version={data.version} />}
    </Answer>
  );
}

const SIZE: Record<PanelKind, { w: number; h: number }> = {
  time_series: { w: 12, h: 8 },
  stat: { w: 6, h: 4 },
  gauge: { w: 6, h: 5 },
  table: { w: 12, h: 8 },
  text: { w: 12, h: 4 },
};
const REFRESH = [0, 5, 15, 30, 60, 300];

function Shown({ name, board: saved, version }: { name: string; board: Board; version: number | null }) {
  const { t, language } = useText();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [draft, setDraft] = useState<{ seen: number; past: Past<Board> } | null>(() => {
    const stored = version === null ? null : readDraft(name);
    if (stored) return { seen: stored.seen, past: begin(stored.board) };
    return search.get("edit") === "1" && version !== null ? { seen: version, past: begin(saved) } : null;
  });
  const [panelId, setPanelId] = useState<string | null>(null);
  const [code, setCode] = useState(false);
  const [settings, setSettings] = useState(false);
  const [copying, setCopying] = useState(false);
  const board = draft?.past.now ?? saved;
  const dirty = draft !== null && JSON.stringify(board) !== JSON.stringify(saved);
  useEffect(() => {
    if (version !== null) keepDraft(name, draft && dirty ? { seen: draft.seen, board: draft.past.now } : null);
  }, [name, version, draft, dirty]);

  const fallback: Range = { from: `now-${board.range ?? "1h"}`, to: "now" };
  const range: Range = { from: search.get("from") ?? fallback.from, to: search.get("to") ?? fallback.to };
  const asked = Number(search.get("refresh") ?? board.refresh_secs ?? 0);
  const refresh = Number.isFinite(asked) && (asked === 0 || asked >= 5) ? asked : 0;
  const [at, setAt] = useState(serverNow);
  useEffect(() => {
    if (!refresh) return;
    const timer = setInterval(() => document.visibilityState === "visible" && setAt(serverNow()), refresh * 1000);
    return () => clearInterval(timer);
  }, [refresh]);
  const { from, to } = range;
  const span = useMemo(() => spanOf({ from, to }, at), [from, to, at]);
  const variables = board.variables ?? [];
  const choices = readChoices(search, variables);
  const change = (edit: (search: URLSearchParams) => void) => {
    const next = new URLSearchParams(search);
    edit(next);
    setSearch(next);
    setAt(serverNow());
  };
  const setRange = (next: Range) =>
    change((each) => {
      each.set("from", next.from);
      each.set("to", next.to);
    });

  const put = (next: Board) => setDraft((old) => (old ? { ...old, past: changed(old.past, next) } : old));
  const save = useMutation({
    mutationFn: () => dashboardActs.put(name, board, draft?.seen ?? 0),
    onSuccess: (now) => {
      queries.setQueryData(dashboardQueries.one(name).queryKey, now);
      void queries.invalidateQueries({ queryKey: ["dashboard", "all"] });
      leave();
      message.success(t("dashboard.saved"));
    },
    onError: (error) => {
      if (asProblem(error).code === "precondition_failed")
        void queries.invalidateQueries({ queryKey: ["dashboard", "one", name] });
      message.error(problemText(error));
    },
  });
  const remove = useMutation({
    mutationFn: () => dashboardActs.remove(name, version ?? 0),
    onSuccess: () => {
      keepDraft(name, null);
      void queries.invalidateQueries({ queryKey: ["dashboard", "all"] });
      navigate(path.dashboards());
    },
    onError: (error) => message.error(problemText(error)),
  });
  const leave = () => {
    keepDraft(name, null);
    setDraft(null);
    setPanelId(null);
    if (search.has("edit")) change((each) => each.delete("edit"));
  };
  const add = (kind: PanelKind) => {
    const id = freshId(board.panels);
    const at_ = { x: 0, y: bottomOf(board.panels), ...SIZE[kind] };
    put({ ...board, panels: settled([...board.panels, { id, kind, title: t(`dashboard.kind.${kind}`), at: at_ }]) });
    setPanelId(id);
  };
  const overtaken = draft !== null && version !== null && draft.seen !== version;
  const newer = () => setDraft((old) => (old && version !== null ? { ...old, seen: version } : old));

  // Ctrl/⌘-Z and -Shift-Z while a board is changed, unless a text is being written.
  const editing = draft !== null;
  useEffect(() => {
    if (!editing) return;
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (!(event.ctrlKey || event.metaKey) || target.closest("input,textarea,[contenteditable]")) return;
      const step = event.key.toLowerCase() === "z" ? (event.shiftKey ? redone : undone) : null;
      if (!step) return;
      event.preventDefault();
      setDraft((old) => (old ? { ...old, past: step(old.past) } : old));
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [editing]);

  return (
    <div className="page dashboard">
      <PageHead
        crumb={{ to: path.dashboards(), label: t("dashboard.title") }}
        title={nameIn(language, board.title)}
        sub={nameIn(language, board.description) || undefined}
        actions={
          draft ? (
            <>
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: KINDS.map((kind) => ({ key: kind, label: t(`dashboard.kind.${kind}`) })),
                  onClick: ({ key }) => add(key as PanelKind),
                }}
              >
                <Button icon={<Plus size={15} aria-hidden />}>{t("dashboard.add")}</Button>
              </Dropdown>
              <Button
                aria-label={t("dashboard.undo")}
                title={t("dashboard.undo")}
                icon={<Undo2 size={15} aria-hidden />}
                disabled={draft.past.before.length === 0}
                onClick={() => setDraft({ ...draft, past: undone(draft.past) })}
              />
              <Button
                aria-label={t("dashboard.redo")}
                title={t("dashboard.redo")}
                icon={<Redo2 size={15} aria-hidden />}
                disabled={draft.past.after.length === 0}
                onClick={() => setDraft({ ...draft, past: redone(draft.past) })}
              />
              <Button icon={<Settings2 size={15} aria-hidden />} onClick={() => setSettings(true)}>
                {t("dashboard.settings.title")}
              </Button>
              <Button icon={<Code size={15} aria-hidden />} onClick={() => setCode(true)}>
                {t("dashboard.code.open")}
              </Button>
              <Button onClick={leave}>{t(dirty ? "dashboard.discard" : "dashboard.done")}</Button>
              <ActionButton
                type="primary"
                loading={save.isPending}
                reason={may("dashboard.write") ?? (dirty ? null : t("dashboard.unchanged"))}
                onClick={() => save.mutate()}
              >
                {t("kit.save")}
              </ActionButton>
            </>
          ) : (
            <>
              <Button icon={<Code size={15} aria-hidden />} onClick={() => setCode(true)}>
                {t("dashboard.code.open")}
              </Button>
              <ActionButton
                icon={<Copy size={15} aria-hidden />}
                reason={may("dashboard.write")}
                onClick={() => setCopying(true)}
              >
                {t(version === null ? "dashboard.copyPack" : "dashboard.copy")}
              </ActionButton>
              {version !== null && (
                <>
                  <Popconfirm
                    title={t("dashboard.removeAsk")}
                    okText={t("dashboard.remove")}
                    okButtonProps={{ danger: true }}
                    cancelText={t("kit.cancel")}
                    onConfirm={() => remove.mutate()}
                    disabled={may("dashboard.write") !== null}
                  >
                    <ActionButton
                      aria-label={t("dashboard.remove")}
                      icon={<Trash2 size={15} aria-hidden />}
                      loading={remove.isPending}
                      reason={may("dashboard.write")}
                    />
                  </Popconfirm>
                  <ActionButton
                    type="primary"
                    icon={<Pencil size={14} aria-hidden />}
                    reason={may("dashboard.write")}
                    onClick={() => setDraft({ seen: version, past: begin(saved) })}
                  >
                    {t("dashboard.edit")}
                  </ActionButton>
                </>
              )}
            </>
          )
        }
      />
      {overtaken && (
        <div className="failure" role="alert">
          <div className="grow">
            <h3>{t("dashboard.overtaken.title")}</h3>
            <p>{t("dashboard.overtaken.text")}</p>
            <div className="row" style={{ marginTop: 8 }}>
              <Button size="small" onClick={leave}>
                {t("dashboard.overtaken.theirs")}
              </Button>
              <Button size="small" onClick={newer}>
                {t("dashboard.overtaken.mine")}
              </Button>
            </div>
          </div>
        </div>
      )}
      <div className="explorer-bar board-bar">
        <Variables
          variables={variables}
          choices={choices}
          choose={(variable, values) =>
            change((each) => {
              each.delete(`var-${variable}`);
              for (const value of values) each.append(`var-${variable}`, value);
            })
          }
        />
        <span className="grow" />
        {editing && <span className="faint wide-only">{t("dashboard.hint")}</span>}
        <Select
          value={refresh}
          aria-label={t("metric.refresh.title")}
          popupMatchSelectWidth={false}
          options={[...new Set([...REFRESH, refresh])]
            .sort((a, b) => a - b)
            .map((secs) => ({
              value: secs,
              label: secs === 0 ? t("dashboard.refreshOff") : t("dashboard.refreshEach", { step: durationText(secs) }),
            }))}
          onChange={(secs: number) => change((each) => each.set("refresh", String(secs)))}
        />
        <TimePicker range={range} choose={setRange} />
      </div>
      {board.panels.length === 0 ? (
        <section className="panel">
          <Empty
            title={t("dashboard.blank.title")}
            text={t("dashboard.blank.text")}
            action={
              draft ? (
                <Button type="primary" onClick={() => add("time_series")}>
                  {t("dashboard.blank.action")}
                </Button>
              ) : undefined
            }
          />
        </section>
      ) : (
        <BoardGrid
          panels={board.panels}
          variables={variables}
          choices={choices}
          span={span}
          range={{ from: range.from, to: range.to }}
          zoom={(fromMs, toMs) => setRange({ from: String(fromMs), to: String(toMs) })}
          acts={
            draft && {
              lay: (panels) => put({ ...board, panels }),
              edit: setPanelId,
              copy: (id) => {
                const panel = board.panels.find((each) => each.id === id);
                if (!panel) return;
                const twin = {
                  ...panel,
                  id: freshId(board.panels),
                  at: { ...panel.at, y: panel.at.y + panel.at.h },
                };
                put({ ...board, panels: settled([...board.panels, twin], twin.id) });
              },
              remove: (id) => put({ ...board, panels: settled(board.panels.filter((each) => each.id !== id)) }),
            }
          }
        />
      )}
      <PanelEditor
        panel={(draft && board.panels.find((each) => each.id === panelId)) ?? null}
        close={() => setPanelId(null)}
        change={(panel) => put({ ...board, panels: board.panels.map((each) => (each.id === panel.id ? panel : each)) })}
      />
      <BoardSettings open={settings && draft !== null} close={() => setSettings(false)} board={board} change={put} />
      <CodeEditor
        open={code}
        close={() => setCode(false)}
        name={name}
        board={board}
        apply={draft ? (next) => put({ ...next, panels: settled(next.panels) }) : null}
      />
      <NewBoard open={copying} close={() => setCopying(false)} from={board} />
    </div>
  );
}
