import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, type InputRef, Segmented, Select, Tooltip } from "antd";
import { CirclePlus, Keyboard } from "lucide-react";
import { type CSSProperties, lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { clockQueries } from "@/analyze/clock/api";
import { client, read } from "@/api/client";
import type { Clock, Incident } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Empty, FailureNote, TableBones } from "@/kit/answer";
import { covered } from "@/kit/layers";
import { PageHead } from "@/kit/panel";
import { partyQueries } from "@/manage/party/api";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { holds, useMay, useSession } from "@/shell/session";
import { ActDialog, type DialogAct } from "./act-dialog";
import { useAct } from "./api";
import { KeysHelp, QUEUE_KEYS } from "./keys";
import { hold } from "./order";
import { Row } from "./queue-row";
import { SearchBox } from "./queue-search";
import "./incident.css";
import { filterOf, queryOf, SORTS, VIEWS } from "./views";
import { isOpen, PRIORITIES } from "./words";

// The form has a calendar in it, which weighs more than the queue.
const Declare = lazy(() => import("./declare"));

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
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  // By its id: a row that comes in above must not move what the keys act on.
  const [here, setHere] = useState<string | null>(null);
  const [dialog, setDialog] = useState<{ act: DialogAct; incidents: Incident[] } | null>(null);
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
          for (const [name, value] of Object.entries(changes)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      );
      setHere(null);
      setPicked(new Set());
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
  const chosen = rows.filter((row) => picked.has(row.id));
  const at = rows.findIndex((row) => row.id === here);
  const current = rows[at];
  const targets = chosen.length > 0 ? chosen : current ? [current] : [];
  const pick = useCallback((id: string) => {
    setPicked((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const take = (incidents: Incident[]) => {
    if (may("incident.write")) return;
    for (const incident of incidents)
      if (!incident.acknowledged_at && isOpen(incident.state)) act.mutate({ incident, doing: { act: "acknowledge" } });
  };
  const begin = (which: DialogAct) => {
    if (targets.length > 0 && !may("incident.write")) setDialog({ act: which, incidents: targets });
  };

  // The queue by keyboard. Typing in a field or an open dialog is not a command.
  const keys = useRef<(event: KeyboardEvent) => void>(() => {});
  keys.current = (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || dialog || keysShown || covered()) return;
    if (search.get("declare") || target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]")) return;
    const move = (step: number) => {
      event.preventDefault();
      setHere(rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.id ?? null);
    };
    switch (event.key) {
      case "j":
      case "ArrowDown":
        return move(1);
      case "k":
      case "ArrowUp":
        return move(-1);
      case "x":
        if (current) pick(current.id);
        return;
      case "Enter":
        if (current && !target.closest("a,button")) navigate(path.incident(current.id));
        return;
      case "i":
        return take(targets);
      case "a":
        event.preventDefault();
        return begin("assign");
      case "e":
        event.preventDefault();
        return begin("resolve");
      case "r":
        event.preventDefault();
        if (targets.length > 0 && !may("incident.note")) setDialog({ act: "note", incidents: targets });
        return;
      case "/":
        event.preventDefault();
        searchBox.current?.focus();
        return;
      case "?":
        setKeysShown(true);
        return;
      case "c":
        if (!may("incident.open")) set({ declare: "1" });
        return;
      case "Escape":
        setPicked(new Set());
        setHere(null);
    }
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => keys.current(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  useEffect(() => {
    // Focus goes along: Enter then opens this row, not the link pressed before, and a screen reader reads it.
    const link = here ? document.querySelector<HTMLElement>(`[data-row="${CSS.escape(here)}"] .title a`) : null;
    link?.focus({ preventScroll: true });
    link?.closest("li")?.scrollIntoView({ block: "nearest" });
  }, [here]);

  const filtered = Boolean(filter.q || filter.service || filter.priority || filter.assignee);
  return (
    <div className="page">
      <PageHead
        title={t("incident.title")}
        sub={t("incident.sub")}
        actions={
          <>
            <Tooltip title={t("incident.keys.title")}>
              <Button
                className="wide-only"
                icon={<Keyboard size={15} />}
                aria-label={t("incident.keys.title")}
                onClick={() => setKeysShown(true)}
              />
            </Tooltip>
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
            to={path.incidents({ ...Object.fromEntries(search), view, declare: undefined })}
            replace
            aria-current={filter.view === view ? "page" : undefined}
          >
            {t(`incident.view.${view}`)}
          </Link>
        ))}
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
                <Button onClick={() => set({ q: "", service: "", priority: "", assignee: "" })}>
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
                  picked={picked.has(row.id)}
                  pick={pick}
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
            {t("incident.act.assign")}
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
            {t("incident.act.acknowledge")}
          </ActionButton>
          <ActionButton reason={may("incident.write")} onClick={() => begin("resolve")}>
            {t("incident.act.resolve")}
          </ActionButton>
          <Button type="text" onClick={() => setPicked(new Set())}>
            {t("kit.cancel")}
          </Button>
        </div>
      )}
      {search.get("declare") === "1" && (
        <Suspense fallback={null}>
          <Declare open close={() => set({ declare: "" })} service={filter.service} />
        </Suspense>
      )}
      <ActDialog
        what={dialog}
        close={() => {
          setDialog(null);
          setPicked(new Set());
        }}
      />
      <KeysHelp open={keysShown} close={() => setKeysShown(false)} keys={QUEUE_KEYS} />
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
