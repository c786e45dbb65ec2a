// Settings → Desk: what a house shapes its desk with, and the editor of each.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, TableBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { Panel } from "@/kit/panel";
import { type Column, Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { useMay } from "@/shell/session";
import { automationQueries, begun, type Definition, KINDS, type Kind, only, ticketUnder } from "./api";
import { Editor } from "./editor";
import "./automation.css";

interface Row {
  id: string;
  definition: Definition;
  version: number;
  since: string;
}

export default function Desk() {
  const { t, language } = useText();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("kind");
  const kind: Kind = KINDS.find((each) => each === asked) ?? "ticket_rule";
  const all = useQuery(automationQueries.all(kind));
  const [edited, setEdited] = useState<{ definition: Definition; known: boolean } | null>(null);
  const columns: Column<Row>[] = [
    {
      key: "name",
      head: t("automation.name"),
      cell: ({ definition }) => (
        <>
          <b>{nameIn(language, definition.title)}</b>
          <p className="faint">{definition.name}</p>
        </>
      ),
    },
    {
      key: "does",
      head: t("automation.does"),
      wideOnly: true,
      cell: ({ definition }) => <Does definition={definition} />,
    },
    { key: "version", head: t("automation.version"), num: true, wideOnly: true, cell: ({ version }) => version },
    { key: "since", head: t("automation.since"), num: true, cell: ({ since }) => <Ago at={since} /> },
  ];
  return (
    <>
      <Panel
        title={t("automation.title")}
        hint={t(`automation.hint.${kind}`)}
        actions={
          <ActionButton
            type="primary"
            icon={<Plus size={15} />}
            reason={may("automation.write")}
            onClick={() => setEdited({ definition: begun(kind), known: false })}
          >
            {t(`automation.new.${kind}`)}
          </ActionButton>
        }
      >
        <div className="automation-kinds">
          <Segmented
            value={kind}
            aria-label={t("automation.title")}
            onChange={(next) => setSearch({ kind: next })}
            options={KINDS.map((each) => ({ value: each, label: t(`automation.kind.${each}`) }))}
          />
        </div>
        <Answer of={all} bones={<TableBones rows={4} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty
                title={t("automation.empty")}
                text={t(`automation.hint.${kind}`)}
                action={
                  may("automation.write") === null && (
                    <Button onClick={() => setEdited({ definition: begun(kind), known: false })}>
                      {t(`automation.new.${kind}`)}
                    </Button>
                  )
                }
              />
            ) : (
              <Table
                label={t(`automation.kind.${kind}`)}
                columns={columns}
                rows={list.map((each) => ({
                  id: each.name,
                  definition: each.definition,
                  version: each.version,
                  since: each.in_force_at,
                }))}
                onRow={({ definition }) => setEdited({ definition, known: true })}
              />
            )
          }
        </Answer>
      </Panel>
      <Drawer
        open={edited !== null}
        close={() => setEdited(null)}
        size={760}
        title={edited ? nameIn(language, edited.definition.title) || t(`automation.new.${kind}`) : ""}
      >
        {edited && <Editor key={edited.definition.name} {...edited} close={() => setEdited(null)} />}
      </Drawer>
    </>
  );
}

/** What it does, in a line. */
function Does({ definition }: { definition: Definition }) {
  const { t, language } = useText();
  const ofRequests = "of" in definition && definition.of === "request" ? `${t("desk.kind.request")} · ` : "";
  if (definition.kind === "reply")
    return (
      <span className="faint">
        {ofRequests}
        {definition.text[language].slice(0, 80)}
      </span>
    );
  if (definition.kind === "macro" || definition.kind === "ticket_rule") {
    const acts = definition.then.map((act) => t(`automation.act.${Object.keys(act)[0] ?? ""}`)).join(" → ");
    return (
      <span className="faint">
        {ofRequests}
        {acts}
        {definition.kind === "ticket_rule" && definition.paused && ` · ${t("automation.paused")}`}
      </span>
    );
  }
  if (definition.kind === "ticket_status") {
    const [state] = only(definition.under);
    const kind = ticketUnder(definition.under);
    return (
      <span className="faint">
        {t(`desk.kind.${kind}`)} · {t(`${kind}.state.${state}`)}
        {definition.default && ` · ${t("automation.status.isDefault")}`}
        {definition.staff_only && ` · ${t("automation.forStaff")}`}
      </span>
    );
  }
  if (definition.kind === "ticket_field")
    return (
      <span className="faint">{t(definition.for_customers ? "automation.forCustomers" : "automation.forStaff")}</span>
    );
  return <span className="faint">{definition.service}</span>;
}
