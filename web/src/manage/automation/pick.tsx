// Pickers on a ticket: a canned reply into the answer (;), a macro with what it would do (.). All by keyboard.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { client, read } from "@/api/client";
import type { TimelineEntry } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Empty, FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { Timeline } from "../incident/timeline";
import { Told } from "../request/told";
import { automationQueries, type Of } from "./api";

/** A ticket as it was seen. */
interface Ticket {
  id: string;
  version: number;
}

interface Choice {
  name: string;
  title: string;
  sub: string;
}

/** A list that is searched and walked through with the arrows. */
function Pick({ choices, choose, label }: { choices: Choice[]; choose: (name: string) => void; label: string }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter((each) =>
    words.every((word) => `${each.name} ${each.title} ${each.sub}`.toLowerCase().includes(word)),
  );
  const here = Math.min(at, found.length - 1);
  return (
    <>
      <Input
        autoFocus
        aria-label={t("automation.pick.search")}
        placeholder={t("automation.pick.search")}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(here + 1, found.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(here - 1, 0));
          else if (event.key === "Enter" && found[here]) choose(found[here].name);
          else return;
          event.preventDefault();
        }}
      />
      {found.length === 0 && <Empty compact title={t("automation.pick.none")} />}
      <ul className="automation-pick" aria-label={label}>
        {found.map((each, place) => (
          <li key={each.name}>
            <button
              type="button"
              className={place === here ? "is-at" : ""}
              aria-current={place === here}
              onClick={() => choose(each.name)}
            >
              <b>{each.title}</b>
              <p className="faint">{each.sub}</p>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function PickReply({
  of = "incident",
  id,
  close,
  insert,
}: {
  of?: Of;
  id: string;
  close: () => void;
  insert: (text: string) => void;
}) {
  const { t, language } = useText();
  const replies = useQuery(automationQueries.replies(of, id));
  const list = replies.data ?? [];
  return (
    <Dialog open onCancel={close} title={t("automation.pick.reply")} width={560}>
      {replies.isError && <FailureNote error={replies.error} />}
      <Pick
        label={t("automation.pick.reply")}
        choices={list.map((each) => ({
          name: each.name,
          title: nameIn(language, each.title),
          sub: each.text[each.language].slice(0, 140),
        }))}
        choose={(name) => {
          const chosen = list.find((each) => each.name === name);
          if (chosen) insert(chosen.text[chosen.language]);
          close();
        }}
      />
    </Dialog>
  );
}

/** Asks a macro to act on a ticket, or what it would do. */
async function runMacro(of: Of, { id, version }: Ticket, name: string, dry_run: boolean) {
  const asked = {
    params: { path: { id, name } },
    headers: { "If-Match": `"${version}"` },
    body: { dry_run },
  };
  const { done, happened } =
    of === "incident"
      ? await read(client.POST("/api/v1/incidents/{id}/macros/{name}", asked))
      : await read(client.POST("/api/v1/requests/{id}/macros/{name}", asked));
  return { done, happened: happened as unknown as TimelineEntry[] };
}

export function PickMacro({ of = "incident", ticket, close }: { of?: Of; ticket: Ticket; close: () => void }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const all = useQuery(automationQueries.all("macro"));
  const mine = (all.data ?? []).filter(
    ({ definition }) => definition.kind === "macro" && (definition.of ?? "incident") === of,
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const run = useMutation({
    mutationFn: ({ name, dry_run }: { name: string; dry_run: boolean }) => runMacro(of, ticket, name, dry_run),
    onSuccess: (answer) => {
      if (!answer.done) return;
      message.success(t("automation.pick.done"));
      for (const family of ["incident", "request", "clock", "fault", "home", "automation"])
        void queries.invalidateQueries({ queryKey: [family] });
      close();
    },
  });
  return (
    <Dialog open onCancel={close} title={t("automation.pick.macro")} width={560}>
      {chosen === null ? (
        <Pick
          label={t("automation.pick.macro")}
          choices={mine.map(({ name, definition }) => ({
            name,
            title: nameIn(language, definition.title),
            sub:
              definition.kind === "macro"
                ? definition.then.map((act) => t(`automation.act.${Object.keys(act)[0]}`)).join(" → ")
                : "",
          }))}
          choose={(name) => {
            setChosen(name);
            run.mutate({ name, dry_run: true });
          }}
        />
      ) : (
        <>
          {run.isError && <FailureNote error={run.error} />}
          {run.data && (
            <>
              <p>{t("automation.pick.would")}</p>
              {of === "incident" ? <Timeline entries={run.data.happened} /> : <Told entries={run.data.happened} />}
              <Button
                autoFocus
                type="primary"
                loading={run.isPending}
                onClick={() => run.mutate({ name: chosen, dry_run: false })}
              >
                {t("automation.pick.run")}
              </Button>
            </>
          )}
        </>
      )}
    </Dialog>
  );
}
