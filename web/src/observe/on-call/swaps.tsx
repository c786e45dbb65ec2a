// Duty that is offered: take it, or offer a stretch of one's own.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Input } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { HandHelping } from "lucide-react";
import { useState } from "react";
import type { OnCall, Swap } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { FailureNote, useProblemText } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { shortInstant } from "@/kit/format";
import { useMay, useSession } from "@/shell/session";
import { onCallActs, onCallQueries } from "./api";

export function Swaps({ row }: { row: OnCall }) {
  const { t } = useText();
  const may = useMay();
  const swaps = useQuery(onCallQueries.swaps(row.team.id));
  const [offering, setOffering] = useState(false);
  return (
    <div className="on-call-part">
      <div className="row">
        <b className="grow">{t("onCall.swaps")}</b>
        <ActionButton
          size="small"
          icon={<HandHelping size={14} />}
          reason={may("on_call.write")}
          onClick={() => setOffering(true)}
        >
          {t("onCall.offer")}
        </ActionButton>
      </div>
      {(swaps.data ?? []).map((swap) => (
        <SwapLine key={swap.id} swap={swap} />
      ))}
      {swaps.data?.length === 0 && <p className="faint">{t("onCall.noSwaps")}</p>}
      <Dialog
        open={offering}
        onCancel={() => setOffering(false)}
        destroyOnHidden
        width={420}
        title={t("onCall.offerTitle")}
      >
        <OfferForm team={row.team.id} close={() => setOffering(false)} />
      </Dialog>
    </div>
  );
}

function SwapLine({ swap }: { swap: Swap }) {
  const { t, language } = useText();
  const may = useMay();
  const me = useSession()?.person.id;
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const act = useMutation({
    mutationFn: (what: "take" | "withdraw") => onCallActs[what](swap.id),
    onSuccess: () => message.success(t("onCall.saved")),
    onError: (error) => message.error(problemText(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ["on-call"] }),
  });
  const who = nameIn(language, swap.offered_by.display);
  return (
    <div className="row-wrap swap-line">
      <span className="grow">
        <b>{who}</b> {shortInstant(swap.from)} – {shortInstant(swap.to)}
        {swap.note && <span className="muted"> · {swap.note}</span>}
      </span>
      {swap.taken_by ? (
        <span className="tag">{t("onCall.takenBy", { who: nameIn(language, swap.taken_by.display) })}</span>
      ) : swap.offered_by.id === me ? (
        <Button size="small" loading={act.isPending} onClick={() => act.mutate("withdraw")}>
          {t("onCall.withdraw")}
        </Button>
      ) : (
        <ActionButton
          size="small"
          type="primary"
          reason={may("on_call.write")}
          loading={act.isPending}
          onClick={() => act.mutate("take")}
        >
          {t("onCall.take")}
        </ActionButton>
      )}
    </div>
  );
}

function OfferForm({ team, close }: { team: string; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [from, setFrom] = useState<Dayjs>(() => dayjs().add(1, "day").startOf("day"));
  const [to, setTo] = useState<Dayjs>(() => dayjs().add(2, "day").startOf("day"));
  const [note, setNote] = useState("");
  const save = useMutation({
    mutationFn: () => onCallActs.offer(team, { from: from.toISOString(), to: to.toISOString(), note }),
    onSuccess: () => {
      message.success(t("onCall.offered"));
      void queries.invalidateQueries({ queryKey: ["on-call"] });
      close();
    },
  });
  const picker = { showTime: { format: "HH:mm" }, format: "YYYY-MM-DD HH:mm", allowClear: false } as const;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p className="muted">{t("onCall.offerText")}</p>
      {save.isError && <FailureNote error={save.error} />}
      <div className="field">
        <label htmlFor="offer-from">{t("onCall.fromWhen")}</label>
        <DatePicker
          id="offer-from"
          {...picker}
          style={{ width: "100%" }}
          value={from}
          onChange={(at) => at && setFrom(at)}
        />
      </div>
      <div className="field">
        <label htmlFor="offer-to">{t("onCall.toWhen")}</label>
        <DatePicker id="offer-to" {...picker} style={{ width: "100%" }} value={to} onChange={(at) => at && setTo(at)} />
      </div>
      <div className="field">
        <label htmlFor="offer-note">{t("onCall.offerNote")}</label>
        <Input id="offer-note" maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!to.isAfter(from)}>
          {t("onCall.offer")}
        </Button>
      </div>
    </form>
  );
}
