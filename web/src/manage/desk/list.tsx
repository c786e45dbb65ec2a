// Everything that waits for me or my teams, whatever its kind, the first due first; worked through by keyboard.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Select } from "antd";
import { Download, Phone, Save } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import type { DeskRow } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty, FailureNote, TableBones } from "@/kit/answer";
import { download } from "@/kit/download";
import { SearchBox } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { CallDialog } from "@/manage/call/lazy";
import type { DialogAct } from "@/manage/incident/act-dialog";
import { incidentQueries, useAct } from "@/manage/incident/api";
import { queueOf } from "@/manage/incident/views";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { useMay } from "@/shell/session";
import { deskActs, deskPage, deskQueries, KEPT, useDeskAct } from "./api";
import { deskFilter, KINDS, pathOfView, WHOSE } from "./filter";
import { KeyHint, KeysButton, KeysHelp } from "./help";
import { useKeys } from "./keys";
import { keepLine, pathOf } from "./line";
import { usePicks } from "./picks";
import { Row } from "./row";
import { useUndo } from "./undo";
import { countWord, SavedViews, SaveView } from "./views";
import { useWork } from "./work";
import "@/manage/incident/incident.css";
import "./desk.css";

const Waiting = lazy(() => import("./waiting").then((part) => ({ default: part.Waiting })));
const BulkSet = lazy(() => import("@/manage/automation/bulk-set").then((part) => ({ default: part.BulkSet })));
const StatusFilter = lazy(() =>
  import("@/manage/automation/status-filter").then((part) => ({ default: part.StatusFilter })),
);
const FieldFilter = lazy(() =>
  import("@/manage/automation/field-filter").then((part) => ({ default: part.FieldFilter })),
);
const ActDialog = lazy(() => import("@/manage/incident/act-dialog").then((part) => ({ default: part.ActDialog })));

const NO_ROWS: DeskRow[] = [];

export default function Desk() {
  const { t, language } = useText();
  const [search, setSearch] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  const run = useAct();
  const undo = useUndo();
  const work = useWork();
  const { message } = App.useApp();
  const filter = deskFilter(search);
  const saved = search.get("saved") ?? "";
  const [dialog, setDialog] = useState<Parameters<typeof ActDialog>[0]["what"]>(null);
  const [keysShown, setKeysShown] = useState(false);
  const [saving, setSaving] = useState(false);
  const [calling, setCalling] = useState(false);
  const [setting, setSetting] = useState(false);
  const waitingShown = search.get("show") === "waiting";
  const waiting = useQuery(deskQueries.waiting());
  const counts = useQuery(deskQueries.counts());
  const carry = useDeskAct(deskActs.take, async (list) => {
    const { sheet } = await import("./sheet");
    download(
      `evenkeel-${new Date().toISOString().slice(0, 10)}.csv`,
      "text/csv;charset=utf-8",
      sheet(list, t, language),
    );
    if (!list.complete) message.warning(t("desk.sheet.incomplete", { count: list.rows.length }), 8);
  });
  const services = useQuery(serviceQueries.all());
  const views = useQuery(deskQueries.views());
  const list = useInfiniteQuery({
    queryKey: ["desk", "list", filter],
    queryFn: ({ pageParam }) => deskPage(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    ...KEPT,
  });
  const rows = useMemo<DeskRow[]>(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const picks = usePicks(waitingShown ? NO_ROWS : rows, JSON.stringify(filter));
  const { here, current, targets, chosen } = picks;

  // The desk opens with the pinned view, unless one asked for something.
  const pinned = views.data?.find((view) => view.pinned);
  useEffect(() => {
    if (!pinned || [...search.keys()].length > 0) return;
    const ofIncidents = pinned.asks.filter?.kind === "incident";
    navigate(ofIncidents ? path.incidents(queueOf(pinned)) : pathOfView(pinned), { replace: true });
  }, [pinned, search, navigate]);

  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.delete("saved");
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const open = useCallback(
    (row: DeskRow, say?: "public" | "internal") => {
      keepLine({ back: location.pathname + location.search, stops: rows.map(({ kind, id }) => ({ kind, id })) });
      navigate(say ? `${pathOf(row)}?say=${say}` : pathOf(row));
    },
    [navigate, location, rows],
  );
  const incidents = targets.filter((row) => row.kind === "incident");
  const begin = async (act: DialogAct) => {
    const [one] = incidents;
    if (!one || may("incident.write")) return;
    const first = await queries.fetchQuery(incidentQueries.one(one.id));
    setDialog({ act, incidents: incidents.map(({ id, number, version }) => ({ id, number, version })), first });
  };
  const take = async () => {
    for (const row of targets) {
      if (row.kind === "request") work.take(row.id);
      if (row.kind !== "incident" || may("incident.write")) continue;
      const incident = await queries.fetchQuery(incidentQueries.one(row.id));
      if (!incident.acknowledged_at) run.mutate({ incident, doing: { act: "acknowledge" } });
    }
  };
  const finish = () => {
    for (const row of targets) if (row.kind === "request") work.finish(row.id);
    void begin("resolve");
  };
  useKeys(
    "list",
    {
      next: () => picks.move(1),
      previous: () => picks.move(-1),
      open: () => current && open(current),
      select: () => current && picks.pick(current.id),
      range: picks.range,
      take: () => void take(),
      assign: () => void begin("assign"),
      priority: () => void begin("priority"),
      wait: () => void begin("hold"),
      resolve: finish,
      reply: () => current && open(current, "public"),
      note: () => current && open(current, "internal"),
      undo,
      call: () => !may("incident.write") && setCalling(true),
      search: () => document.querySelector<HTMLInputElement>(".desk-search input")?.focus(),
      saveView: () => setSaving(true),
      declare: () => navigate(path.incidents({ declare: "1" })),
      back: picks.clear,
      help: () => setKeysShown(true),
    },
    dialog !== null || calling,
  );

  return (
    <div className="page">
      <PageHead
        title={t("desk.title")}
        sub={t("desk.sub")}
        actions={
          <>
            <KeysButton show={() => setKeysShown(true)} />
            <ActionButton reason={may("incident.write")} onClick={() => setCalling(true)}>
              <Phone size={15} aria-hidden /> {t("desk.call")} <KeyHint does="call" />
            </ActionButton>
            <Button icon={<Download size={15} />} loading={carry.isPending} onClick={() => carry.mutate([filter])}>
              {t("desk.sheet.take")}
            </Button>
            <Button icon={<Save size={15} />} aria-keyshortcuts="s" onClick={() => setSaving(true)}>
              {t("desk.view.save")} <KeyHint does="saveView" />
            </Button>
          </>
        }
      />
      <nav className="views" aria-label={t("incident.viewsLabel")}>
        {WHOSE.map((whose) => (
          <Link
            key={whose}
            to={path.desk({ whose })}
            replace
            aria-current={!saved && !waitingShown && (filter.whose ?? "team") === whose ? "page" : undefined}
          >
            {t(`desk.whose.${whose}`)} <Count n={counts.data?.find((each) => each.whose === whose)?.count} />
          </Link>
        ))}
        <Link to={path.desk({ show: "waiting" })} replace aria-current={waitingShown ? "page" : undefined}>
          {t("desk.waiting.title")} <Count n={waiting.data?.reduce((sum, group) => sum + group.count, 0)} />
        </Link>
        <SavedViews shown={(view) => view.asks.filter?.kind !== "incident"} to={pathOfView} here={saved} />
      </nav>
      {waitingShown ? (
        <Suspense fallback={<TableBones rows={6} />}>
          <Waiting />
        </Suspense>
      ) : (
        <>
          <div className="filters">
            <span className="desk-search">
              <SearchBox label={t("incident.filter.search")} value={filter.q ?? ""} set={(q) => set("q", q)} />
            </span>
            <Select
              allowClear
              placeholder={t("desk.filter.kind")}
              aria-label={t("desk.filter.kind")}
              value={filter.kind ?? undefined}
              onChange={(kind?: string) => set("kind", kind ?? "")}
              options={KINDS.map((kind) => ({ value: kind, label: t(`desk.kind.${kind}`) }))}
            />
            <Select
              allowClear
              showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
              placeholder={t("incident.filter.service")}
              aria-label={t("incident.filter.service")}
              value={filter.service ?? undefined}
              onChange={(service?: string) => set("service", service ?? "")}
              options={(services.data ?? []).map((service) => ({
                value: service.id,
                label: nameIn(language, service.display),
              }))}
              popupMatchSelectWidth={220}
            />
            <Select
              allowClear
              placeholder={t("incident.filter.priority")}
              aria-label={t("incident.filter.priority")}
              value={filter.priority ? String(filter.priority) : undefined}
              onChange={(priority?: string) => set("priority", priority ?? "")}
              options={[1, 2, 3, 4, 5].map((n) => ({ value: String(n), label: `P${n}` }))}
            />
            <Suspense>
              <StatusFilter value={filter.status ?? ""} set={(status) => set("status", status)} />
              <FieldFilter value={search.get("field") ?? ""} set={(field) => set("field", field)} />
            </Suspense>
          </div>
          <section className="panel queue" aria-label={t("desk.title")}>
            {list.isPending ? (
              <TableBones rows={10} widths={["3%", "7%", "38%", "10%", "12%", "10%"]} />
            ) : list.isError && rows.length === 0 ? (
              <div style={{ padding: 16 }}>
                <FailureNote error={list.error} again={() => void list.refetch()} />
              </div>
            ) : rows.length === 0 ? (
              <Empty
                title={t("desk.empty.title")}
                text={t("desk.empty.text")}
                action={<Button onClick={() => navigate(path.desk({ whose: "all" }))}>{t("desk.empty.all")}</Button>}
              />
            ) : (
              <ul>
                {rows.map((row) => (
                  <Row
                    key={row.id}
                    row={row}
                    here={row.id === here}
                    picked={picks.picked.has(row.id)}
                    pick={picks.pick}
                    open={open}
                  />
                ))}
              </ul>
            )}
          </section>
        </>
      )}
      {!waitingShown && list.hasNextPage && (
        <div className="row" style={{ justifyContent: "center" }}>
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {t("kit.more")}
          </Button>
        </div>
      )}
      {chosen.length > 0 && (
        <div className="bulk" role="toolbar" aria-label={t("incident.bulk", { count: chosen.length })}>
          <b>{t("incident.bulk", { count: chosen.length })}</b>
          {incidents.length < chosen.length && (
            <span className="faint">{t("desk.incidentsOnly", { count: incidents.length })}</span>
          )}
          {(["assign", "priority", "hold", "resolve"] as const).map((act) => (
            <ActionButton
              key={act}
              reason={may("incident.write") ?? (incidents.length === 0 ? t("desk.noIncident") : null)}
              onClick={() => void begin(act)}
            >
              {t(`incident.act.${act}`)} <KeyHint does={act === "hold" ? "wait" : act} />
            </ActionButton>
          ))}
          <ActionButton
            reason={may("incident.write") ?? (incidents.length === 0 ? t("desk.noIncident") : null)}
            onClick={() => setSetting(true)}
          >
            {t("automation.bulk.title")}
          </ActionButton>
          <Button type="text" onClick={picks.clear}>
            {t("kit.cancel")}
          </Button>
        </div>
      )}
      {setting && (
        <Suspense>
          <BulkSet
            incidents={incidents}
            close={() => {
              setSetting(false);
              picks.clear();
            }}
          />
        </Suspense>
      )}
      {dialog && (
        <Suspense>
          <ActDialog
            what={dialog}
            close={() => {
              setDialog(null);
              picks.clear();
            }}
          />
        </Suspense>
      )}
      <CallDialog open={calling} close={() => setCalling(false)} />
      <SaveView open={saving} close={() => setSaving(false)} asks={{ filter }} />
      <KeysHelp open={keysShown} close={() => setKeysShown(false)} where="list" />
    </div>
  );
}

/** How many a built-in view shows. */
function Count({ n }: { n: number | undefined }) {
  return n === undefined ? null : <span className="num faint">{countWord(n)}</span>;
}
