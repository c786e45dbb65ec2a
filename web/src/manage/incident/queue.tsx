import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, type InputRef, Segmented, Select } from "antd";
import { CirclePlus } from "lucide-react";
import { type CSSProperties, lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { clockQueries } from "@/analyze/clock/api";
import { client, read } from "@/api/client";
import type { Clock, Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty, FailureNote, TableBones } from "@/kit/answer";
import { PageHead } from "@/kit/panel";
import { KeyHint, KeysButton, KeysHelp } from "@/manage/desk/help";
import { useKeys } from "@/manage/desk/keys";
import { keepLine } from "@/manage/desk/line";
import { usePicks } from "@/manage/desk/picks";
import { useUndo } from "@/manage/desk/undo";
import { SavedViews, SaveView } from "@/manage/desk/views";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { holds, useMay, useSession } from "@/shell/session";
import { ActDialog, type Asked, type DialogAct } from "./act-dialog";
import { useAct } from "./api";
import { hold } from "./order";
import { Row } from "./queue-row";
import { SearchBox } from "./queue-search";
import "./incident.css";
import { CallDialog } from "@/manage/call/lazy";
import "@/manage/desk/desk.css";
import { filterOf, queryOf, queueOf, SORTS, VIEWS, viewFilter } from "./views";
import { isOpen, PRIORITIES } from "./words";

// The form has a calendar in it, which weighs more than the queue.
const Declare = lazy(() => import("./declare"));
const StatusFilter = lazy(() =>
  import("@/manage/automation/status-filter").then((part) => ({ default: part.StatusFilter })),
);
const BulkSet = lazy(() => import("@/manage/automation/bulk-set").then((part) => ({ default: part.BulkSet })));
const FieldFilter = lazy(() =>
  import("@/manage/automation/field-filter").then((part) => ({ default: part.FieldFilter })),
);

const PAGE = 50;
const NO_CLOCKS: Clock[] = [];

export default function IncidentQueue() {
  const { t, language } = useText();
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const navigate = useNavigate();
  const session = useSession();
  const may = useMay();
  const act = useAct();
  // Whoever only reads has no queue of their own: customers, vendors, auditors.
  const works = holds(session, "incident.write");
  const [dialog, setDialog] = useState<Asked | null>(null);
  const [saving, setSaving] = useState(false);
  const [calling, setCalling] = useState(false);
  const [setting, setSetting] = useState(false);
  const undo = useUndo();
  const [keysShown, setKeysShown] = useState(false);
  const searchBox = useRef<InputRef>(null);

  const services = useQuery(serviceQueries.all());
  const teams = useQuery({ ...partyQueries.teams(), enabled: holds(session, "party.read") });
  const seesPeople = holds(session, "party.read");
  const people = useQuery({ ...partyQueries.people(), enabled: seesPeople });
  const myTeam = teams.data?.find((team) => team.members?.some((member) => member.id === session?.person.id))?.id;
  const query = queryOf(filter, myTeam);
  const list = useInfiniteQuery({
    queryKey: ["incident", "queue", query],
    queryFn: ({ pageParam }) =>
      read(
        client.GET("/api/v1/incidents", {
          params: { query: { ...query, limit: PAGE, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });

  const set = useCallback(
    (changes: Record<string, string>) => {
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          next.delete("saved");
          for (const [name, value] of Object.entries(changes)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setSearch],
  );

  const fresh = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const question = JSON.stringify(query);
  const [pointed, setPointed] = useState(false);
  const shown = useHeld(fresh, pointed, question);
  const rows = shown.rows;
  const clocks = useQuery({ ...clockQueries.of(rows.map((row) => row.id)), placeholderData: (before) => before });

  const clocksOf = (id: string) => (clocks.data ? (clocks.data.get(id) ?? NO_CLOCKS) : undefined);
  const picks = usePicks(rows, question);
  const { here, current, chosen, targets } = picks;
  const take = (incidents: Incident[]) => {
    if (may("incident.write")) return;
    for (const incident of incidents)
      if (!incident.acknowledged_at && isOpen(incident.state)) act.mutate({ incident, doing: { act: "acknowledge" } });
  };
  const begin = (which: DialogAct) => {
    const [first] = targets;
    if (first && !may("incident.write")) setDialog({ act: which, incidents: targets, first });
  };

  const open = (incident: Incident, say?: "public" | "internal") => {
    keepLine({
      back: path.incidents(Object.fromEntries(search)),
      stops: rows.map(({ id }) => ({ kind: "incident", id })),
    });
    navigate(say ? `${path.incident(incident.id)}?say=${say}` : path.incident(incident.id));
  };
  useKeys(
    "list",
    {
      next: () => picks.move(1),
      previous: () => picks.move(-1),
      select: () => current && picks.pick(current.id),
      range: picks.range,
      open: () => current && open(current),
      take: () => take(targets),
      assign: () => begin("assign"),
      priority: () => begin("priority"),
      wait: () => begin("hold"),
      resolve: () => begin("resolve"),
      reply: () => current && open(current, "public"),
      note: () => current && open(current, "internal"),
      undo,
      call: () => !may("incident.write") && setCalling(true),
      search: () => searchBox.current?.focus(),
      saveView: () => works && setSaving(true),
      declare: () => !may("incident.open") && set({ declare: "1" }),
      back: picks.clear,
      help: () => setKeysShown(true),
    },
    dialog !== null || calling || keysShown || search.get("declare") !== null,
  );

  const filtered = Boolean(
    filter.q || filter.service || filter.priority || filter.assignee || filter.status || filter.field,
  );
  return (
    <div className="page">
      <PageHead
        title={t("incident.title")}
        sub={t("incident.sub")}
        actions={
          <>
            <KeysButton show={() => setKeysShown(true)} />
            <ActionButton
              type="primary"
              icon={<CirclePlus size={15} />}
              reason={may("incident.open")}
              onClick={() => set({ declare: "1" })}
            >
              {t("incident.declare.button")}
            </ActionButton>
          </>
        }
      />
      <nav className="views" aria-label={t("incident.viewsLabel")}>
        {VIEWS.filter((view) => works || view === "open" || view === "all").map((view) => (
          <Link
            key={view}
            to={path.incidents({ ...Object.fromEntries(search), view, declare: undefined, saved: undefined })}
            replace
            aria-current={filter.view === view && !search.get("saved") ? "page" : undefined}
          >
            {t(`incident.view.${view}`)}
          </Link>
        ))}
        {works && (
          <>
            <SavedViews
              shown={(view) => view.asks.filter?.kind === "incident"}
              to={(view) => path.incidents(queueOf(view))}
              here={search.get("saved") ?? ""}
            />
            <Button type="text" size="small" aria-keyshortcuts="s" onClick={() => setSaving(true)}>
              {t("desk.view.save")} <KeyHint does="saveView" />
            </Button>
          </>
        )}
      </nav>
      <div className="filters">
        <SearchBox ref={searchBox} value={filter.q} onChange={(q) => set({ q })} />
        <Select
          allowClear
          showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
          placeholder={t("incident.filter.service")}
          aria-label={t("incident.filter.service")}
          value={filter.service || undefined}
          onChange={(service?: string) => set({ service: service ?? "" })}
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
          value={filter.priority || undefined}
          onChange={(priority?: string) => set({ priority: priority ?? "" })}
          options={PRIORITIES.map((n) => ({ value: String(n), label: `P${n}` }))}
        />
        {seesPeople && filter.view !== "mine" && filter.view !== "unassigned" && (
          <Select
            allowClear
            showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
            placeholder={t("incident.filter.assignee")}
            aria-label={t("incident.filter.assignee")}
            value={filter.assignee || undefined}
            onChange={(assignee?: string) => set({ assignee: assignee ?? "" })}
            options={(people.data ?? []).map((person) => ({
              value: person.id,
              label: nameIn(language, person.display),
            }))}
            popupMatchSelectWidth={200}
          />
        )}
        {holds(session, "automation.read") && (
          <Suspense>
            <StatusFilter of="incident" value={filter.status} set={(status) => set({ status })} />
            <FieldFilter value={filter.field} set={(field) => set({ field })} />
          </Suspense>
        )}
        <span className="grow wide-only" />
        <span className="faint wide-only">{t("incident.sortBy")}</span>
        <Segmented
          size="small"
          value={filter.sort}
          onChange={(sort) => set({ sort: String(sort) })}
          options={SORTS.map((sort) => ({ value: sort, label: t(`incident.sort.${sort}`) }))}
        />
      </div>
      <section
        className="panel queue"
        aria-label={t("incident.title")}
        onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
        onPointerLeave={() => setPointed(false)}
      >
        {list.isPending ? (
          <TableBones rows={10} widths={["3%", "7%", "38%", "10%", "12%", "10%"]} />
        ) : list.isError && rows.length === 0 ? (
          <div style={{ padding: 16 }}>
            <FailureNote error={list.error} again={() => void list.refetch()} />
          </div>
        ) : rows.length === 0 ? (
          <Empty
            title={t(filtered ? "incident.empty.filtered" : `incident.empty.${filter.view}`)}
            text={t(filtered ? "incident.empty.filteredText" : "incident.empty.text")}
            action={
              filtered ? (
                <Button onClick={() => set({ q: "", service: "", priority: "", assignee: "", status: "", field: "" })}>
                  {t("incident.filter.clear")}
                </Button>
              ) : filter.view !== "open" && filter.view !== "all" ? (
                <Button onClick={() => set({ view: "open" })}>{t("incident.empty.showOpen")}</Button>
              ) : undefined
            }
          />
        ) : (
          <div style={list.isPlaceholderData ? ({ opacity: 0.6 } as CSSProperties) : undefined}>
            <div className="queue-row head" aria-hidden="true">
              <span />
              <span />
              <span>{t("incident.column.number")}</span>
              <span>{t("incident.column.title")}</span>
              <span>{t("incident.column.state")}</span>
              <span>{t("incident.column.clock")}</span>
              <span>{t("incident.column.assignee")}</span>
              <span style={{ textAlign: "right" }}>{t("incident.column.opened")}</span>
            </div>
            <ul>
              {rows.map((row) => (
                <Row
                  key={row.id}
                  incident={row}
                  gone={row.gone === true}
                  clocks={clocksOf(row.id)}
                  here={row.id === here}
                  picked={picks.picked.has(row.id)}
                  pick={picks.pick}
                  open={open}
                />
              ))}
            </ul>
          </div>
        )}
      </section>
      <div className="row" style={{ justifyContent: "center", minHeight: 30 }}>
        {shown.waiting > 0 && <span className="queue-hint">{t("incident.waiting", { count: shown.waiting })}</span>}
        {list.hasNextPage && (
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {t("kit.more")}
          </Button>
        )}
      </div>
      {chosen.length > 0 && (
        <div className="bulk" role="toolbar" aria-label={t("incident.bulk", { count: chosen.length })}>
          <b>{t("incident.bulk", { count: chosen.length })}</b>
          <ActionButton reason={may("incident.write")} onClick={() => begin("assign")}>
            {t("incident.act.assign")} <KeyHint does="assign" />
          </ActionButton>
          <ActionButton
            reason={
              may("incident.write") ??
              (chosen.every((row) => row.acknowledged_at || !isOpen(row.state))
                ? t("incident.refused.acknowledged")
                : null)
            }
            onClick={() => take(chosen)}
          >
            {t("incident.act.acknowledge")} <KeyHint does="take" />
          </ActionButton>
          <ActionButton reason={may("incident.write")} onClick={() => begin("priority")}>
            {t("incident.act.priority")} <KeyHint does="priority" />
          </ActionButton>
          <ActionButton reason={may("incident.write")} onClick={() => begin("hold")}>
            {t("incident.act.hold")} <KeyHint does="wait" />
          </ActionButton>
          <ActionButton reason={may("incident.write")} onClick={() => begin("resolve")}>
            {t("incident.act.resolve")} <KeyHint does="resolve" />
          </ActionButton>
          <ActionButton reason={may("incident.write")} onClick={() => setSetting(true)}>
            {t("automation.bulk.title")}
          </ActionButton>
          <Button type="text" onClick={picks.clear}>
            {t("kit.cancel")}
          </Button>
        </div>
      )}
      {search.get("declare") === "1" && (
        <Suspense fallback={null}>
          <Declare open close={() => set({ declare: "" })} service={filter.service} />
        </Suspense>
      )}
      {setting && (
        <Suspense>
          <BulkSet
            incidents={chosen}
            close={() => {
              setSetting(false);
              picks.clear();
            }}
          />
        </Suspense>
      )}
      <ActDialog
        what={dialog}
        close={() => {
          setDialog(null);
          picks.clear();
        }}
      />
      <SaveView
        open={saving}
        close={() => setSaving(false)}
        asks={{ filter: viewFilter(filter, myTeam), sort: query.sort ?? null }}
      />
      <CallDialog open={calling} close={() => setCalling(false)} />
      <KeysHelp open={keysShown} close={() => setKeysShown(false)} where="list" />
    </div>
  );
}

/** Rows as shown: in the server's order, unless someone points at them. */
function useHeld(fresh: Incident[], pointed: boolean, question: string) {
  const kept = useRef<{ question: string; rows: Incident[] }>({ question: "", rows: [] });
  return useMemo(() => {
    const same = kept.current.question === question && kept.current.rows.length > 0;
    if (pointed && same) {
      const held = hold(
        kept.current.rows.filter((row) => !(row as { gone?: boolean }).gone),
        fresh,
      );
      return held;
    }
    kept.current = { question, rows: fresh };
    return { rows: fresh as (Incident & { gone?: boolean })[], waiting: 0 };
  }, [fresh, pointed, question]);
}
