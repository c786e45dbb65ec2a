// Asking for something: its form, what it comes to, then it is sent, or kept as a draft.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { asProblem } from "@/api/problem";
import type { CatalogueItemDetail, RequestDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { path } from "@/path";
import { catalogueQueries } from "../catalogue/api";
import { Facts } from "../catalogue/facts";
import { FormField } from "../catalogue/field";
import { type Answers, answersOf, missing, money, shownFields, totalMinor } from "../catalogue/shown";
import { useAct } from "../request/act";
import { requestActs, requestQueries } from "../request/api";
import { PortalPage } from "./page";

export default function Order() {
  const { t, language } = useText();
  const { id = "" } = useParams();
  const draftId = useSearchParams()[0].get("draft") ?? "";
  const item = useQuery(catalogueQueries.one(id));
  const draft = useQuery({ ...requestQueries.one(draftId), enabled: draftId !== "" });
  return (
    <PortalPage
      title={nameIn(language, item.data?.display) || "…"}
      crumb={{ to: path.portal(), label: t("portal.catalogue") }}
      sub={item.data && <Facts item={item.data} />}
    >
      <Answer of={item} bones={<PanelBones height={320} />}>
        {(found) =>
          draftId && !draft.data ? (
            <PanelBones height={320} />
          ) : (
            <Form key={draftId} item={found} draft={draft.data ?? null} />
          )
        }
      </Answer>
    </PortalPage>
  );
}

function Form({ item, draft }: { item: CatalogueItemDetail; draft: RequestDetail | null }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const [answers, setAnswers] = useState<Answers>(() =>
    Object.fromEntries((draft?.answers ?? []).map((answer) => [answer.field.key, answer.value])),
  );
  const [asked, setAsked] = useState(false);
  const go = async (submit: boolean) => {
    const sent = answersOf(item.form, answers);
    if (draft) {
      await requestActs.fill(draft.id, sent);
      if (submit) await requestActs.submit(draft.id);
      navigate(path.portalRequest(draft.id));
    } else {
      const made = await requestActs.create({ item_id: item.id, answers: sent, submit });
      navigate(path.portalRequest(made.id));
    }
  };
  const send = useAct(go);
  const gaps = missing(item.form, answers);
  const problem = send.error ? asProblem(send.error) : null;
  const wrongAt = problem?.at?.startsWith("/answers/") ? problem.at.slice("/answers/".length) : null;
  const total = item.price ? totalMinor(item.price, answers) : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (gaps.length === 0) send.mutate([true]);
      }}
    >
      <Panel>
        <p className="pre-line">{nameIn(language, item.description)}</p>
        <div className="form">
          {problem && <FailureNote error={problem} />}
          {shownFields(item.form, answers).map((field) => (
            <FormField
              key={field.key}
              field={field}
              value={answers[field.key]}
              set={(value) => setAnswers((old) => ({ ...old, [field.key]: value }))}
              wrong={
                asked && gaps.includes(field.key)
                  ? t("portal.required")
                  : wrongAt === field.key
                    ? (problem?.detail ?? null)
                    : null
              }
            />
          ))}
          {item.price && total !== null && (
            <p className="portal-total">{t("portal.total", { amount: money(total, item.price.currency, language) })}</p>
          )}
          <div className="row-wrap" style={{ justifyContent: "flex-end" }}>
            <Button loading={send.isPending} onClick={() => send.mutate([false])}>
              {t("portal.saveDraft")}
            </Button>
            <Button type="primary" htmlType="submit" loading={send.isPending}>
              {t("portal.submit")}
            </Button>
          </div>
        </div>
      </Panel>
    </form>
  );
}
