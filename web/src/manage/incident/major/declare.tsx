// Declares a major incident: why, who decides, where people meet, and how often a word is owed.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import type { Incident } from "@/api/types";
import { useText } from "@/i18n";
import { Dialog } from "@/kit/dialog";
import { partyQueries } from "@/manage/party/api";
import { Choose } from "@/shell/choose";
import { useSession } from "@/shell/session";
import { useMajor } from "./api";

const CADENCES_MINUTES = [10, 15, 30, 60, 120];

export function DeclareMajor({ incident, close }: { incident: Incident; close: () => void }) {
  const { t } = useText();
  const session = useSession();
  const people = useQuery(partyQueries.people());
  const ask = useMajor(incident, undefined);
  const [text, setText] = useState("");
  const [room, setRoom] = useState("");
  const [minutes, setMinutes] = useState(30);
  const [commander, setCommander] = useState<string | undefined>(session?.person.id);
  const staff = (people.data ?? []).filter((person) => !person.roles.includes("customer"));
  const send = (asked: Parameters<typeof ask.mutate>[0]) => ask.mutate(asked, { onSuccess: close });
  return (
    <Dialog open onCancel={close} width={560} title={t("incident.major.declare")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const where = room.trim() || undefined;
          send({ act: "declare", text, room: where, commander_id: commander, cadence_secs: minutes * 60 });
        }}
      >
        <div className="field">
          <label htmlFor="major-why">{t("incident.major.why")}</label>
          <Input.TextArea
            id="major-why"
            autoFocus
            rows={3}
            value={text}
            placeholder={t("incident.major.whyHint")}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div className="row-wrap">
          <Choose
            grow
            label={t("incident.major.commander")}
            value={commander}
            onChange={setCommander}
            options={staff.map((person) => ({ value: person.id, label: String(person.display) }))}
          />
          <div className="field grow">
            <span className="label">{t("incident.major.cadence")}</span>
            <Select
              style={{ width: "100%" }}
              aria-label={t("incident.major.cadence")}
              value={minutes}
              onChange={setMinutes}
              options={CADENCES_MINUTES.map((count) => ({
                value: count,
                label: t("incident.major.minutes", { count }),
              }))}
            />
          </div>
        </div>
        <div className="field">
          <label htmlFor="major-room">{t("incident.major.room")}</label>
          <Input
            id="major-room"
            value={room}
            placeholder={t("incident.major.roomHint")}
            onChange={(event) => setRoom(event.target.value)}
          />
        </div>
        <div className="row" style={{ justifyContent: "flex-end" }}>
          {!incident.major && (
            <Button style={{ marginInlineEnd: "auto" }} onClick={() => send({ act: "propose", text })}>
              {t("incident.major.propose")}
            </Button>
          )}
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={ask.isPending}>
            {t("incident.major.step.declare")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
