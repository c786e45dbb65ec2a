import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Input, Segmented, Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { LabelSet } from "@/observe/metric/label-set";
import { silenceActs, silenceQueries } from "./api";
import { parsed } from "./matchers";

const HOUR = 3_600_000;
const SPANS = [1, 4, 24, 168] as const;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** A silence that recurs is thought over once a quarter. */
const RECURRING_HOURS = 90 * 24;

/** A silence is made, with a look at what it would match now. `first` = the matchers it begins with. */
export default function SilenceForm({ open, close, first }: { open: boolean; close: () => void; first: string }) {
  const { t } = useText();
  return (
    <Drawer open={open} close={close} size={520} title={t("suppression.make")}>
      <Form close={close} first={first} key={first} />
    </Drawer>
  );
}

function Form({ close, first }: { close: () => void; first: string }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [text, setText] = useState(first);
  const [hours, setHours] = useState<number>(SPANS[0]);
  const [comment, setComment] = useState("");
  const [weekly, setWeekly] = useState(false);
  const [days, setDays] = useState<string[]>(["sun"]);
  const [from, setFrom] = useState("02:00");
  const [to, setTo] = useState("04:00");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const matchers = parsed(text);
  const make = useMutation({
    mutationFn: () =>
      silenceActs.make({
        matchers: matchers ?? [],
        to: new Date(Date.now() + (weekly ? RECURRING_HOURS : hours) * HOUR).toISOString(),
        recurring: weekly ? { weekly: [{ days, from, to }], zone } : undefined,
        comment: comment.trim(),
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["silence"] });
      close();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      {make.isError && <FailureNote error={make.error} />}
      <div className="field">
        <label htmlFor="silence-matchers">{t("suppression.what")}</label>
        <Input.TextArea
          id="silence-matchers"
          className="mono"
          autoFocus
          autoSize={{ minRows: 2 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={'service="shop", severity=~"warning|info"'}
        />
        <p className="help">{t("suppression.matchersHelp")}</p>
      </div>
      <Preview text={text} />
      <Checkbox checked={weekly} onChange={(event) => setWeekly(event.target.checked)}>
        {t("suppression.weekly")}
      </Checkbox>
      {weekly ? (
        <div className="field">
          <span className="label">{t("suppression.window")}</span>
          <div className="row-wrap">
            <Select
              mode="multiple"
              style={{ minWidth: 160, flex: 1 }}
              aria-label={t("suppression.days")}
              value={days}
              onChange={setDays}
              options={DAYS.map((day) => ({ value: day, label: t(`suppression.day.${day}`) }))}
            />
            <Input
              type="time"
              style={{ width: 110 }}
              aria-label={t("suppression.from")}
              value={from}
              onChange={(event) => setFrom(event.target.value)}
            />
            <Input
              type="time"
              style={{ width: 110 }}
              aria-label={t("suppression.to")}
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          </div>
          <p className="help">{t("suppression.weeklyHelp", { zone })}</p>
        </div>
      ) : (
        <div className="field">
          <span className="label">{t("suppression.for")}</span>
          <Segmented
            value={hours}
            aria-label={t("suppression.for")}
            onChange={setHours}
            options={SPANS.map((each) => ({ value: each, label: t(`suppression.span.${each}`) }))}
          />
        </div>
      )}
      <div className="field">
        <label htmlFor="silence-comment">{t("suppression.why")}</label>
        <Input
          id="silence-comment"
          value={comment}
          maxLength={2000}
          onChange={(event) => setComment(event.target.value)}
        />
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button
          type="primary"
          htmlType="submit"
          loading={make.isPending}
          disabled={!matchers || !comment.trim() || (weekly && days.length === 0)}
        >
          {t("suppression.submit")}
        </Button>
      </div>
    </form>
  );
}

function Preview({ text }: { text: string }) {
  const { t } = useText();
  const matchers = parsed(useDeferredValue(text));
  const preview = useQuery(silenceQueries.preview(matchers));
  if (!matchers) return null;
  if (preview.isError) return <FailureNote error={preview.error} />;
  const found = preview.data;
  return (
    <div className="silence-preview" role="status">
      {found && <b>{t("suppression.preview", { n: found.matching, all: found.firing })}</b>}
      {found?.alerts.slice(0, 5).map((alert) => (
        <LabelSet key={alert.alert_id} labels={alert.labels} />
      ))}
      <p className="faint">{t("suppression.previewNote")}</p>
    </div>
  );
}
