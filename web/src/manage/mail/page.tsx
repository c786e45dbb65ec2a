// Mailboxes of the desk: whether they are read, and the mails that somebody has to decide about.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm } from "antd";
import { Link, useNavigate } from "react-router";
import type { Chat, KeptMail, Mailbox, MailStanding } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones, useProblemText } from "@/kit/answer";
import { KindFilter, useFilters } from "@/kit/filter";
import { bytes, shortInstant } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { mailActs, mailQueries, originalUrl } from "./api";
import "./mail.css";

const STANDINGS = ["held", "parked", "ignored", "discarded", "failed"] as const;

export default function MailPage() {
  const { t } = useText();
  const { get, set } = useFilters();
  const boxes = useQuery(mailQueries.boxes());
  const chats = useQuery(mailQueries.chats());
  const standing = STANDINGS.find((each) => each === get("standing")) ?? "held";
  return (
    <div className="page">
      <PageHead title={t("mail.title")} sub={t("mail.sub")} />
      <Panel title={t("mail.boxes")} flush>
        <Answer of={boxes} bones={<TableBones rows={2} />}>
          {(list) => <Boxes rows={list} />}
        </Answer>
      </Panel>
      {(chats.data?.length ?? 0) > 0 && (
        <Panel title={t("mail.chats")} flush>
          <Chats rows={chats.data ?? []} />
        </Panel>
      )}
      <KindFilter
        label={t("mail.standing.label")}
        kinds={STANDINGS}
        value={standing}
        word={(kind) => t(`mail.standing.${kind}`)}
        count={() => null}
        set={(kind) => set("standing", kind === "held" ? "" : kind)}
      />
      <Kept standing={standing} />
    </div>
  );
}

function Chats({ rows }: { rows: Chat[] }) {
  const { t, language } = useText();
  const columns: Column<Chat & { id: string }>[] = [
    {
      key: "chat",
      head: t("mail.chat"),
      cell: (row) => (
        <>
          <b>{row.name}</b>
          <p className="faint">{row.provider}</p>
        </>
      ),
    },
    { key: "service", head: t("mail.service"), cell: (row) => nameIn(language, row.service.display) },
    { key: "people", head: t("mail.chatPeople"), cell: (row) => row.people },
    { key: "last", head: t("mail.chatLast"), cell: (row) => row.last_at && <Ago at={row.last_at} /> },
    {
      key: "week",
      head: t("mail.chatWeek"),
      cell: ({ taken, refused, failed }) => t("mail.chatCounts", { taken, refused, failed }),
    },
  ];
  return <Table label={t("mail.chats")} columns={columns} rows={rows.map((row) => ({ ...row, id: row.name }))} />;
}

function Boxes({ rows }: { rows: Mailbox[] }) {
  const { t, language } = useText();
  if (rows.length === 0) return <Empty compact title={t("mail.noBoxes")} text={t("mail.noBoxesText")} />;
  const columns: Column<Mailbox & { id: string }>[] = [
    {
      key: "box",
      head: t("mail.box"),
      cell: (row) => (
        <>
          <b>{row.address}</b>
          <p className="faint">
            {row.name} · {row.server}
          </p>
        </>
      ),
    },
    {
      key: "state",
      head: t("mail.state"),
      cell: (row) =>
        row.connected_at ? (
          <>
            <Status tone="good" word={t("mail.connected")} pill />
            <p className="faint">{t("mail.since", { at: shortInstant(row.connected_at) })}</p>
          </>
        ) : (
          <>
            <Status tone={row.error ? "bad" : "unknown"} word={t(row.error ? "mail.broken" : "mail.notYet")} pill />
            {row.error && (
              <p className="faint">
                {row.error_at && t("mail.since", { at: shortInstant(row.error_at) })} · {row.error}
              </p>
            )}
          </>
        ),
    },
    {
      key: "last",
      head: t("mail.last"),
      cell: (row) => (row.last_mail_at ? <Ago at={row.last_mail_at} /> : "—"),
    },
    { key: "service", head: t("mail.service"), wideOnly: true, cell: (row) => nameIn(language, row.service.display) },
  ];
  return <Table label={t("mail.boxes")} columns={columns} rows={rows.map((row) => ({ ...row, id: row.name }))} />;
}

function Kept({ standing }: { standing: MailStanding }) {
  const { t } = useText();
  const mails = useInfiniteQuery(mailQueries.list(standing));
  return (
    <section className="panel flush">
      <Answer of={mails} bones={<TableBones rows={4} />}>
        {(data) => <KeptList rows={data.pages.flatMap((page) => page.items)} />}
      </Answer>
      {mails.hasNextPage && (
        <div className="quiet-toggle">
          <Button
            size="small"
            type="text"
            loading={mails.isFetchingNextPage}
            onClick={() => void mails.fetchNextPage()}
          >
            {t("mail.more")}
          </Button>
        </div>
      )}
    </section>
  );
}

function KeptList({ rows }: { rows: KeptMail[] }) {
  const { t } = useText();
  if (rows.length === 0) return <Empty compact title={t("mail.none")} />;
  const columns: Column<KeptMail>[] = [
    {
      key: "what",
      head: t("mail.what"),
      cell: (row) => (
        <>
          <b>{row.subject || t("mail.noSubject")}</b>
          <p className="muted">{[row.name, row.address].filter(Boolean).join(" · ") || t("mail.nobody")}</p>
        </>
      ),
    },
    {
      key: "why",
      head: t("mail.why"),
      cell: (row) => (
        <>
          {row.reason ? t(`mail.reason.${row.reason}`) : t(`mail.kind.${row.kind}`)}
          {row.error && <p className="faint">{row.error}</p>}
        </>
      ),
    },
    {
      key: "box",
      head: t("mail.box"),
      wideOnly: true,
      cell: (row) => (
        <>
          {row.mailbox}
          <p className="faint">{bytes(row.bytes)}</p>
        </>
      ),
    },
    { key: "at", head: t("mail.at"), cell: (row) => <Ago at={row.at} /> },
    { key: "acts", head: "", cell: (row) => <Acts mail={row} /> },
  ];
  return <Table label={t("mail.title")} columns={columns} rows={rows} />;
}

function Acts({ mail }: { mail: KeptMail }) {
  const { t } = useText();
  const { message } = App.useApp();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const problem = useProblemText();
  const onError = (error: unknown) => void message.error(problem(error));
  const fresh = () => void queries.invalidateQueries({ queryKey: ["mail"] });
  const take = useMutation({
    mutationFn: () => mailActs.take(mail.id, null),
    onSuccess: (into) => {
      fresh();
      navigate(path.incident(into.incident_id));
    },
    onError,
  });
  const discard = useMutation({ mutationFn: () => mailActs.discard(mail.id), onSuccess: fresh, onError });
  const reason = may("mail.write");
  return (
    <span className="row-wrap mail-acts">
      {mail.incident_id && <Link to={path.incident(mail.incident_id)}>{t("mail.incident")}</Link>}
      <a href={originalUrl(mail.id)} download>
        {t("mail.original")}
      </a>
      {(mail.standing === "held" || mail.standing === "parked") && (
        <>
          <ActionButton size="small" reason={reason} loading={take.isPending} onClick={() => take.mutate()}>
            {t("mail.take")}
          </ActionButton>
          <Popconfirm title={t("mail.discardSure")} onConfirm={() => discard.mutate()} disabled={Boolean(reason)}>
            <ActionButton size="small" danger reason={reason} loading={discard.isPending}>
              {t("mail.discard")}
            </ActionButton>
          </Popconfirm>
        </>
      )}
    </span>
  );
}
