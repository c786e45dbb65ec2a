// Asks before a change goes to the day it was dragged to; one that was authorised is authorised anew.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import type { Change } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { changeActs } from "./api";
import { WindowText } from "./refs";
import { changeNumber } from "./words";

export function MoveDialog({ change, day, close }: { change: Change; day: Dayjs; close: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const from = dayjs(change.window.from);
  const begins = day.hour(from.hour()).minute(from.minute()).second(from.second());
  const window = {
    from: begins.toISOString(),
    to: begins.add(dayjs(change.window.to).diff(from)).toISOString(),
  };
  const reopens = change.state === "scheduled" && change.kind !== "standard";
  const move = useMutation({
    mutationFn: () => changeActs.move(change.id, change.version, window, reopens),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["change"] });
      close();
    },
  });
  return (
    <Dialog
      open
      onCancel={close}
      onOk={() => move.mutate()}
      confirmLoading={move.isPending}
      okText={t("change.step.move")}
      cancelText={t("kit.cancel")}
      title={`${t("change.step.move")} ${changeNumber(change.number)}`}
    >
      {move.isError && <FailureNote error={move.error} />}
      <p>
        <WindowText window={change.window} /> → <WindowText window={window} />
      </p>
      {reopens && <Alert type="warning" showIcon title={t("change.reopens")} />}
    </Dialog>
  );
}
