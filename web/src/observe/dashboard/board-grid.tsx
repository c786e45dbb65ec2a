// The grid: panels where they lie, moved and resized by pointer or by arrow keys while the board is edited.
import { Button, Dropdown, Tooltip } from "antd";
import { Copy, Ellipsis, Move, Pencil, Telescope, Trash2 } from "lucide-react";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { nameIn, useText } from "@/i18n";
import { path } from "@/path";
import type { Span } from "./answers";
import { placedAt } from "./grid";
import type { Variable } from "./model";
import { COLUMNS, type Panel, type Place } from "./model";
import { PanelBody } from "./panel-body";
import { type Choices, filled } from "./variable";

const ROW = 34;
const GAP = 8;
const HEAD = 34;
const PAD = 18;
const NARROW = 760;

export interface Acts {
  /** The panels as they lie after a move. */
  lay: (panels: Panel[]) => void;
  edit: (id: string) => void;
  copy: (id: string) => void;
  remove: (id: string) => void;
}

export function BoardGrid({
  panels,
  variables,
  choices,
  span,
  range,
  acts,
  zoom,
}: {
  panels: Panel[];
  variables: Variable[];
  choices: Choices;
  span: Span;
  /** As the explorer's address says it. */
  range: Record<string, string>;
  /** While the board is edited. */
  acts: Acts | null;
  zoom: (fromMs: number, toMs: number) => void;
}) {
  const grid = useRef<HTMLDivElement>(null);
  const [preview, setPreview] = useState<Panel[] | null>(null);
  const [moving, setMoving] = useState<string | null>(null);
  const narrow = useNarrow();
  const laid = preview ?? panels;

  const drag = (panel: Panel, resize: boolean) => (event: PointerEvent<HTMLElement>) => {
    if (!acts || narrow || event.button !== 0 || (event.target as HTMLElement).closest("a,button:not(.grip)")) return;
    event.preventDefault();
    const column = ((grid.current?.clientWidth ?? 0) + GAP) / COLUMNS;
    const from = { x: event.clientX, y: event.clientY };
    let result: Panel[] | null = null;
    setMoving(panel.id);
    const move = (at: globalThis.PointerEvent) => {
      const dx = Math.round((at.clientX - from.x) / column);
      const dy = Math.round((at.clientY - from.y) / (ROW + GAP));
      const { at: old } = panel;
      const place: Place = resize
        ? { ...old, w: Math.min(COLUMNS - old.x, old.w + dx), h: old.h + dy }
        : { ...old, x: old.x + dx, y: old.y + dy };
      result = placedAt(panels, panel.id, place);
      setPreview(result);
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      setMoving(null);
      setPreview(null);
      if (result) acts.lay(result);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  };
  const byKey = (panel: Panel) => (event: React.KeyboardEvent) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by || !acts) return;
    event.preventDefault();
    const [dx = 0, dy = 0] = by;
    const { at } = panel;
    acts.lay(
      placedAt(
        panels,
        panel.id,
        event.shiftKey ? { ...at, w: at.w + dx, h: at.h + dy } : { ...at, x: at.x + dx, y: at.y + dy },
      ),
    );
  };

  return (
    <div
      ref={grid}
      className={`board${acts ? " editing" : ""}`}
      style={{ gridAutoRows: narrow ? "auto" : ROW, gap: GAP }}
    >
      {laid
        .toSorted((a, b) => a.at.y - b.at.y || a.at.x - b.at.x)
        .map((panel) => (
          <BoardPanel
            key={panel.id}
            panel={panel}
            moving={moving === panel.id}
            narrow={narrow}
            queries={(panel.queries ?? []).map((query) => ({ ...query, expr: filled(query.expr, variables, choices) }))}
            span={span}
            range={range}
            acts={acts}
            zoom={zoom}
            drag={drag}
            byKey={byKey(panel)}
          />
        ))}
    </div>
  );
}

function BoardPanel({
  panel,
  queries,
  moving,
  narrow,
  span,
  range,
  acts,
  zoom,
  drag,
  byKey,
}: {
  panel: Panel;
  queries: { expr: string; legend?: string }[];
  moving: boolean;
  narrow: boolean;
  span: Span;
  range: Record<string, string>;
  acts: Acts | null;
  zoom: (fromMs: number, toMs: number) => void;
  drag: (panel: Panel, resize: boolean) => (event: PointerEvent<HTMLElement>) => void;
  byKey: (event: React.KeyboardEvent) => void;
}) {
  const { t, language } = useText();
  const title = nameIn(language, panel.title);
  const { at } = panel;
  const inner = at.h * ROW + (at.h - 1) * GAP - HEAD - PAD;
  const height = Math.max(40, inner);
  const asked = queries.map((query) => query.expr).filter((expr) => expr.trim() !== "");
  return (
    <section
      className={`board-panel kind-${panel.kind}${moving ? " moving" : ""}`}
      aria-label={title}
      style={
        narrow
          ? { gridColumn: "1 / -1" }
          : { gridColumn: `${at.x + 1} / span ${at.w}`, gridRow: `${at.y + 1} / span ${at.h}` }
      }
    >
      <header onPointerDown={drag(panel, false)}>
        {acts && !narrow && (
          <Tooltip title={t("dashboard.move")}>
            <button type="button" className="grip" aria-label={`${t("dashboard.moveOf")} ${title}`} onKeyDown={byKey}>
              <Move size={13} aria-hidden />
            </button>
          </Tooltip>
        )}
        <h2 className="clip" title={title}>
          {title}
        </h2>
        <span className="grow" />
        {acts ? (
          <>
            <IconButton
              icon={<Pencil size={13} aria-hidden />}
              text={t("dashboard.edit")}
              of={title}
              act={() => acts.edit(panel.id)}
            />
            <Dropdown
              trigger={["click"]}
              menu={{
                items: [
                  { key: "copy", icon: <Copy size={13} aria-hidden />, label: t("dashboard.duplicate") },
                  {
                    key: "remove",
                    icon: <Trash2 size={13} aria-hidden />,
                    label: t("dashboard.removePanel"),
                    danger: true,
                  },
                ],
                onClick: ({ key }) => (key === "copy" ? acts.copy(panel.id) : acts.remove(panel.id)),
              }}
            >
              <Button
                type="text"
                size="small"
                aria-label={`${t("shell.more")} ${title}`}
                icon={<Ellipsis size={14} aria-hidden />}
              />
            </Dropdown>
          </>
        ) : (
          asked.length > 0 && (
            <Tooltip title={t("dashboard.explore")}>
              <Link
                to={path.explorer(asked, range)}
                className="explore"
                aria-label={`${t("dashboard.explore")} ${title}`}
              >
                <Telescope size={14} aria-hidden />
              </Link>
            </Tooltip>
          )
        )}
      </header>
      <div className="board-panel-body" style={narrow ? { minHeight: 40 } : { height }}>
        <PanelBody
          panel={panel}
          queries={queries}
          span={span}
          height={narrow ? Math.min(height, 260) : height}
          zoom={zoom}
        />
      </div>
      {acts && !narrow && <span className="resize" aria-hidden="true" onPointerDown={drag(panel, true)} />}
    </section>
  );
}

function IconButton({ icon, text, of, act }: { icon: React.ReactNode; text: string; of: string; act: () => void }) {
  return (
    <Tooltip title={text}>
      <Button type="text" size="small" aria-label={`${text} ${of}`} icon={icon} onClick={act} />
    </Tooltip>
  );
}

function useNarrow(): boolean {
  const query = `(max-width: ${NARROW}px)`;
  const [narrow, setNarrow] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const listen = () => setNarrow(media.matches);
    media.addEventListener("change", listen);
    return () => media.removeEventListener("change", listen);
  }, [query]);
  return narrow;
}
