// Somebody stands in for a while.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import type { Ref } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { span } from "@/kit/format";
import { partyQueries } from "@/manage/party/api";
import { Choose } from "@/shell/choose";
import { holds, useSession } from "@/shell/session";
import { onCallActs } from "./api";

export interface Stretch {
  from: string;
  to: string;
}

export function StandIn({
  stretch,
  close,
  team,
  members,
}: {
  /** Which stretch to begin with; null = not shown. */
  stretch: Stretch | "now" | null;
  close: () => void;
  team: Ref;
  members: Ref[];
}) {
  const { t } = useText();
  return (
    <Dialog open={stretch !== null} onCancel={close} destroyOnHidden width={420} title={t("onCall.standInTitle")}>
      <StandInForm stretch={stretch} close={close} team={team} members={members} />
    </Dialog>
  );
}

function StandInForm({
  stretch,
  close,
  team,
  members,
}: {
  stretch: Stretch | "now" | null;
  close: () => void;
  team: Ref;
  members: Ref[];
}) {
  const { t, language } = useText();
  const session = useSession();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const people = useQuery({ ...partyQueries.people(), enabled: holds(session, "party.read") });
  const [person, setPerson] = useState<string | undefined>(session?.person.id);
  const [from, setFrom] = useState<Dayjs>(() => {
    const now = dayjs().startOf("minute");
    const asked = stretch && stretch !== "now" ? dayjs(stretch.from) : now;
    return asked.isBefore(now) ? now : asked;
  });
  const [to, setTo] = useState<Dayjs>(() =>
    stretch && stretch !== "now" ? dayjs(stretch.to) : dayjs().add(1, "day").startOf("hour"),
  );
  const save = useMutation({
    mutationFn: () =>
      onCallActs.override(team.id, { person_id: person ?? "", from: from.toISOString(), to: to.toISOString() }),
    onSuccess: () => {
      message.success(t("onCall.saved"));
      void queries.invalidateQueries({ queryKey: ["on-call"] });
      close();
    },
  });
  const known = new Map<string, string>();
  for (const each of [...members, ...(people.data ?? []).filter((one) => one.active !== false)])
    known.set(each.id, nameIn(language, each.display));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {save.isError && <FailureNote error={save.error} />}
      <Choose
        label={t("onCall.who")}
        value={person}
        onChange={setPerson}
        options={[...known].map(([value, label]) => ({ value, label }))}
      />
      <div className="field">
        <label htmlFor="stand-from">{t("onCall.fromWhen")}</label>
        <DatePicker
          id="stand-from"
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          allowClear={false}
          style={{ width: "100%" }}
          value={from}
          onChange={(value) => value && setFrom(value)}
        />
      </div>
      <div className="field">
        <label htmlFor="stand-to">{t("onCall.toWhen")}</label>
        <DatePicker
          id="stand-to"
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          allowClear={false}
          style={{ width: "100%" }}
          value={to}
          onChange={(value) => value && setTo(value)}
          status={to.isAfter(from) ? "" : "error"}
        />
      </div>
      <div className="row-wrap">
        {([4, 12, 24, 168] as const).map((hours) => (
          <Button key={hours} size="small" onClick={() => setTo(from.add(hours, "hour"))}>
            {span(hours * 3600, language)}
          </Button>
        ))}
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!person || !to.isAfter(from)}>
          {t("kit.save")}
        </Button>
      </div>
    </form>
  );
}
