// Plan a release, or write it anew: what is in it, how it is rolled out and taken back, what its users are told.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useNavigate } from "react-router";
import type { ReleaseDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { changeQueries } from "@/manage/change/api";
import { changeNumber } from "@/manage/change/words";
import { problemQueries } from "@/manage/problem/api";
import { requestQueries } from "@/manage/request/api";
import { serviceQueries } from "@/manage/service/api";
import { path } from "@/path";
import { matches } from "@/shell/pinyin";
import { holds, useSession } from "@/shell/session";
import { useWrite } from "./api";
import { bodyOf, type Draft, draftOf } from "./draft";
import { Artefacts, Stages } from "./parts";

export function ReleaseForm({ of, close }: { of?: ReleaseDetail; close: () => void }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const session = useSession();
  const services = useQuery(serviceQueries.all());
  const changes = useQuery(changeQueries.list("open"));
  const problems = useQuery({ ...problemQueries.list("open"), enabled: holds(session, "problem.read") });
  const requests = useQuery(requestQueries.list({ state: "open", limit: 100 }));
  const [draft, setDraft] = useState<Draft>(() => draftOf(of));
  const put = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  // What is written rests on the release as it was when the form was opened.
  const [basis] = useState(of);
  const write = useWrite(basis);
  const ready = draft.title.trim() && draft.name.trim() && draft.services.length + draft.changes.length > 0;
  const known = (open: { value: string; label: string }[], own: { value: string; label: string }[]) => [
    ...own.filter((each) => !open.some((other) => other.value === each.value)),
    ...open,
  ];
  const numbered = (prefix: string, each: { id: string; number: number; title?: string }) => ({
    value: each.id,
    label: `${prefix}-${each.number} ${each.title ?? ""}`.trim(),
  });
  return (
    <Dialog open onCancel={close} width={820} title={of ? t("release.act.edit") : t("release.plan")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          write.mutate(bodyOf(draft), {
            onSuccess: (release) => {
              close();
              navigate(path.release(release.id));
            },
          });
        }}
      >
        {write.isError && <FailureNote error={write.error} />}
        <div className="row-wrap">
          <Line label={t("release.what")} grow>
            {(id) => (
              <Input
                id={id}
                value={draft.title}
                maxLength={300}
                placeholder={t("release.whatExample")}
                onChange={(event) => put({ title: event.target.value })}
              />
            )}
          </Line>
          <Line label={t("release.version")}>
            {(id) => (
              <Input
                id={id}
                value={draft.name}
                maxLength={200}
                placeholder="4.2.0"
                onChange={(event) => put({ name: event.target.value })}
              />
            )}
          </Line>
        </div>
        <Several
          label={t("release.services")}
          value={draft.services}
          onChange={(chosen) => put({ services: chosen })}
          options={(services.data ?? []).map((each) => ({ value: each.id, label: nameIn(language, each.display) }))}
        />
        <Several
          label={t("release.changes")}
          value={draft.changes}
          onChange={(chosen) => put({ changes: chosen })}
          options={known(
            (changes.data?.items ?? []).map((each) => ({
              value: each.id,
              label: `${changeNumber(each.number)} ${each.title}`,
            })),
            (of?.changes ?? []).map((each) => numbered("CHG", each)),
          )}
        />
        <div className="row-wrap">
          <Several
            label={t("release.problems")}
            value={draft.problems}
            onChange={(chosen) => put({ problems: chosen })}
            options={known(
              (problems.data?.items ?? []).map((each) => numbered("PRB", each)),
              (of?.problems ?? []).map((each) => numbered("PRB", each)),
            )}
          />
          <Several
            label={t("release.requests")}
            value={draft.requests}
            onChange={(chosen) => put({ requests: chosen })}
            options={known(
              (requests.data?.items ?? []).map((each) => ({
                value: each.id,
                label: `REQ-${each.number} ${nameIn(language, each.item)}`,
              })),
              (of?.requests ?? []).map((each) => numbered("REQ", each)),
            )}
          />
        </div>
        <Artefacts
          version={draft.name}
          parts={draft.artefacts}
          set={(artefacts) => setDraft((before) => ({ ...before, artefacts }))}
        />
        <Stages stages={draft.stages} set={(stages) => setDraft((before) => ({ ...before, stages }))} />
        <Words
          label={t("release.rollBack")}
          help={t("release.rollBackHelp")}
          value={draft.rollBack}
          set={(rollBack) => put({ rollBack })}
        />
        <Words label={t("release.evidence")} value={draft.evidence} set={(evidence) => put({ evidence })} />
        <Words label={t("release.notesZh")} value={draft.notesZh} set={(notesZh) => put({ notesZh })} />
        <Words label={t("release.notesEn")} value={draft.notesEn} set={(notesEn) => put({ notesEn })} />
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={write.isPending} disabled={!ready}>
            {of ? t("kit.save") : t("release.plan")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Line({
  label,
  grow = false,
  children,
}: {
  label: string;
  grow?: boolean;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={grow ? "field grow" : "field"}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function Words({
  label,
  help,
  value,
  set,
}: {
  label: string;
  help?: string;
  value: string;
  set: (text: string) => void;
}) {
  return (
    <Line label={label}>
      {(id) => (
        <>
          <Input.TextArea
            id={id}
            autoSize={{ minRows: 2, maxRows: 8 }}
            value={value}
            onChange={(event) => set(event.target.value)}
          />
          {help && <p className="help">{help}</p>}
        </>
      )}
    </Line>
  );
}

function Several({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: string[];
  onChange: (chosen: string[]) => void;
  options: { value: string; label: string }[];
}) {
  return (
    <div className="field grow">
      <span className="label">{label}</span>
      <Select
        mode="multiple"
        aria-label={label}
        style={{ width: "100%" }}
        value={value}
        onChange={onChange}
        showSearch={{ filterOption: (typed, option) => matches(String(option?.label ?? ""), typed) }}
        options={options}
      />
    </div>
  );
}
