// Saved views as tabs: one's own and those of one's teams, each with how much it shows now.
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Input, Select } from "antd";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { DeskView, DeskViewAsks } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { partyQueries } from "@/manage/party/api";
import { useSession } from "@/shell/session";
import { deskActs, deskQueries, useDeskAct } from "./api";

/** Counted up to here by the server. */
const MANY = 100;
export const countWord = (count: number) => (count >= MANY ? `${MANY}+` : String(count));

export function SavedViews({
  shown,
  to,
  here,
}: {
  shown: (view: DeskView) => boolean;
  to: (view: DeskView) => string;
  here: string;
}) {
  const { t, language } = useText();
  const views = useQuery(deskQueries.views());
  const remove = useDeskAct(deskActs.removeView);
  const pin = useDeskAct(deskActs.pinView);
  return (views.data ?? []).filter(shown).map((view) => (
    <span key={view.id} className="saved-view">
      <Link to={to(view)} replace aria-current={here === view.id ? "page" : undefined}>
        {view.name}
        {view.team && <small className="faint"> {nameIn(language, view.team.display)}</small>}{" "}
        <span className="num faint">{countWord(view.count)}</span>
        {view.pinned && <span className="faint"> · {t("desk.view.pinned")}</span>}
      </Link>
      {here === view.id && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              {
                key: "pin",
                label: t(view.pinned ? "desk.view.unpin" : "desk.view.pin"),
                onClick: () => pin.mutate([view.pinned ? null : view.id]),
              },
              { key: "remove", danger: true, label: t("desk.view.remove"), onClick: () => remove.mutate([view.id]) },
            ],
          }}
        >
          <Button
            type="text"
            size="small"
            icon={<Ellipsis size={14} />}
            aria-label={t("desk.view.more", { name: view.name })}
          />
        </Dropdown>
      )}
    </span>
  ));
}

export function SaveView({ open, close, asks }: { open: boolean; close: () => void; asks: DeskViewAsks }) {
  const { t } = useText();
  return (
    <Dialog open={open} onCancel={close} destroyOnHidden width={420} title={t("desk.view.save")}>
      <SaveForm close={close} asks={asks} />
    </Dialog>
  );
}

function SaveForm({ close, asks }: { close: () => void; asks: DeskViewAsks }) {
  const { t, language } = useText();
  const me = useSession()?.person.id;
  const teams = useQuery(partyQueries.teams());
  const [name, setName] = useState("");
  const [team, setTeam] = useState<string | undefined>();
  const make = useDeskAct(deskActs.makeView, close);
  const mine = (teams.data ?? []).filter((one) => one.members.some((member) => member.id === me));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) make.mutate([{ name: name.trim(), team_id: team ?? null, asks }]);
      }}
    >
      {make.isError && <FailureNote error={make.error} />}
      <div className="field">
        <label htmlFor="view-name">{t("desk.view.name")}</label>
        <Input id="view-name" autoFocus maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
      </div>
      {mine.length > 0 && (
        <div className="field">
          <span className="label">{t("desk.view.team")}</span>
          <Select
            allowClear
            aria-label={t("desk.view.team")}
            placeholder={t("desk.view.own")}
            value={team}
            onChange={setTeam}
            options={mine.map((one) => ({ value: one.id, label: nameIn(language, one.display) }))}
          />
        </div>
      )}
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={make.isPending} disabled={!name.trim()}>
          {t("desk.view.keep")}
        </Button>
      </div>
    </form>
  );
}
