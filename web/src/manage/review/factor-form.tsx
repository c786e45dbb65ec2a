// Name something that contributed, and what shows it.
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Segmented } from "antd";
import { useState } from "react";
import type { ReviewDetail, ReviewEvidence, ReviewFactor } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { Choose } from "@/shell/choose";
import { reviewQueries, useEdit } from "./api";

type Kind = ReviewEvidence["kind"];

export function FactorForm({
  review,
  factor,
  lines,
  close,
}: {
  review: ReviewDetail;
  factor: ReviewFactor | null;
  lines: (seq: number) => string;
  close: () => void;
}) {
  const { t, language } = useText();
  const causes = useQuery(reviewQueries.causes());
  const edit = useEdit(review);
  const known = factor?.evidence;
  const [bone, setBone] = useState(factor?.bone.name);
  const [cause, setCause] = useState(factor?.cause.name);
  const [primary, setPrimary] = useState(factor?.primary ?? review.factors.length === 0);
  const [kind, setKind] = useState<Kind>(known?.kind ?? "text");
  const [event, setEvent] = useState(known?.kind === "event" ? String(known.seq) : undefined);
  const [said, setSaid] = useState(known?.kind === "link" ? known.url : known?.kind === "text" ? known.text : "");
  const evidence: ReviewEvidence =
    kind === "event"
      ? { kind, seq: Number(event) }
      : kind === "link"
        ? { kind, url: said.trim() }
        : { kind, text: said.trim() };
  const ready = bone && cause && (kind === "event" ? event : said.trim());
  const events = review.lines.flatMap((line) =>
    line.from === "ledger" && !line.hidden
      ? [{ value: String(line.entry.seq), label: lines(line.entry.seq) || line.entry.kind }]
      : [],
  );
  const options = (terms: { name: string; display: { zh: string; en: string } }[] | undefined) =>
    (terms ?? []).map((term) => ({ value: term.name, label: nameIn(language, term.display) }));
  return (
    <Dialog open onCancel={close} width={560} title={factor ? t("review.factor.change") : t("review.factor.add")}>
      <form
        className="form"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (!ready) return;
          const body = { edit: "factor" as const, id: factor?.id, bone, cause, primary, evidence };
          edit.mutate(body, { onSuccess: close });
        }}
      >
        {edit.isError && <FailureNote error={edit.error} />}
        <Choose
          label={t("review.factor.bone")}
          value={bone}
          onChange={setBone}
          options={options(causes.data?.bones)}
          autoFocus
        />
        <Choose
          label={t("review.factor.cause")}
          value={cause}
          onChange={setCause}
          options={options(causes.data?.causes)}
        />
        <Checkbox checked={primary} onChange={(changed) => setPrimary(changed.target.checked)}>
          {t("review.factor.isPrimary")}
        </Checkbox>
        <div className="field">
          <span className="label">{t("review.factor.evidence")}</span>
          <Segmented<Kind>
            value={kind}
            onChange={setKind}
            options={(["text", "event", "link"] as const).map((code) => ({
              value: code,
              label: t(`review.factor.kind.${code}`),
            }))}
          />
        </div>
        {kind === "event" ? (
          <Choose label={t("review.factor.kind.event")} value={event} onChange={setEvent} options={events} />
        ) : (
          <div className="field">
            <label htmlFor="factor-said">{t(`review.factor.said.${kind}`)}</label>
            <Input.TextArea
              id="factor-said"
              rows={kind === "link" ? 1 : 3}
              value={said}
              onChange={(changed) => setSaid(changed.target.value)}
            />
          </div>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={edit.isPending} disabled={!ready}>
            {t("kit.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
