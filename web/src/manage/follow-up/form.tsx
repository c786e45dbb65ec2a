// Something that must be done so that a trouble does not come back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, DatePicker, Input } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import type { FollowUpOfRequest } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { partyQueries } from "@/manage/party/api";
import { Choose } from "@/shell/choose";
import { followUpActs } from "./api";

export function FollowUpForm({
  of,
  owner: first,
  factors = [],
  close,
}: {
  of: FollowUpOfRequest;
  owner: string;
  factors?: { value: string; label: string }[];
  close: () => void;
}) {
  const { t } = useText();
  const queries = useQueryClient();
  const people = useQuery(partyQueries.people());
  const [text, setText] = useState("");
  const [owner, setOwner] = useState<string | undefined>(first);
  const [verifier, setVerifier] = useState<string | undefined>();
  const [factor, setFactor] = useState<string | undefined>();
  const [due, setDue] = useState<Dayjs | null>(null);
  const add = useMutation({
    mutationFn: () =>
      followUpActs.add({
        of: { ...of, factor_id: factor },
        text,
        owner_id: owner ?? "",
        verifier_id: verifier ?? "",
        due_on: due?.format("YYYY-MM-DD") ?? "",
      }),
    onSuccess: () => {
      for (const family of ["follow-up", "problem", "review"]) void queries.invalidateQueries({ queryKey: [family] });
      close();
    },
  });
  // Customers do not read them: nothing falls to them.
  const staff = (people.data ?? []).filter((person) => !person.roles.includes("customer"));
  const options = staff.map((person) => ({ value: person.id, label: String(person.display) }));
  const others = (but: string | undefined) => options.filter((option) => option.value !== but);
  return (
    <Dialog open onCancel={close} width={560} title={t("followUp.add")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        {add.isError && <FailureNote error={add.error} />}
        <div className="field">
          <label htmlFor="follow-up-text">{t("followUp.what")}</label>
          <Input.TextArea id="follow-up-text" rows={3} value={text} onChange={(event) => setText(event.target.value)} />
        </div>
        {factors.length > 0 && (
          <Choose label={t("followUp.factor")} value={factor} onChange={setFactor} options={factors} />
        )}
        <div className="row-wrap">
          <Choose grow label={t("followUp.owner")} value={owner} onChange={setOwner} options={others(verifier)} />
          <Choose
            grow
            label={t("followUp.verifiedBy")}
            value={verifier}
            onChange={setVerifier}
            options={others(owner)}
          />
        </div>
        <div className="field">
          <label htmlFor="follow-up-due">{t("followUp.until")}</label>
          <DatePicker id="follow-up-due" value={due} onChange={setDue} style={{ width: "100%" }} />
        </div>
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button
            type="primary"
            htmlType="submit"
            loading={add.isPending}
            disabled={!text.trim() || !owner || !verifier || !due}
          >
            {t("followUp.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
