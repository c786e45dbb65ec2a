// One dialog for every act that needs a word with it: whom, why, what was done.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import type {
  BulkDoing,
  BulkOutcome,
  CancelReason,
  HoldReason,
  Incident,
  LinkRelation,
  LocateBasis,
  ResolveReason,
  Visibility,
} from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { deskActs, refusalOf, useDeskAct } from "@/manage/desk/api";
import { Foretold, Meanwhile, Refusals } from "@/manage/desk/outcome";
import { useTold } from "@/manage/desk/undo";
import { useDraft } from "@/manage/desk/use-draft";
import { partyQueries } from "@/manage/party/api";
import { CauseField } from "@/manage/review/cause-field";
import { matches } from "@/shell/pinyin";
import { holds, useSession } from "@/shell/session";
import { type Doing, incidentQueries, latest, useAct } from "./api";
import { PriorityBadge } from "./refs";
import { CANCEL_REASONS, HOLD_REASONS, incidentNumber, LEVELS, RESOLVE_REASONS } from "./words";

export type DialogAct =
  | "assign"
  | "resolve"
  | "hold"
  | "locate"
  | "cancel"
  | "priority"
  | "merge"
  | "split"
  | "reopen"
  | "note"
  | "link";

/** An incident as an act needs it. */
export type Target = Pick<Incident, "id" | "number" | "version">;

/** What is done to which; `first` is one of them, whole. */
export interface Asked {
  act: DialogAct;
  incidents: Target[];
  first: Incident;
}

export function ActDialog({
  what,
  close,
  done,
}: {
  what: Asked | null;
  close: () => void;
  /** Told when all is done, and then not closed by itself. */
  done?: (act: DialogAct) => void;
}) {
  const { t } = useText();
  const many = what && what.incidents.length > 1;
  const first = what?.first;
  return (
    <Dialog
      open={what !== null}
      onCancel={close}
      destroyOnHidden
      width={460}
      title={
        what
          ? `${t(`incident.act.${what.act}`)} · ${many ? t("incident.bulk", { count: what.incidents.length }) : incidentNumber(first?.number ?? 0)}`
          : ""
      }
    >
      {what && first && <ActForm {...what} close={close} done={done} />}
    </Dialog>
  );
}

function ActForm({
  act,
  incidents,
  first,
  close,
  done,
}: Asked & { close: () => void; done: ((act: DialogAct) => void) | undefined }) {
  const { t } = useText();
  const run = useAct();
  const bulk = useDeskAct(deskActs.bulk);
  const told = useTold();
  // What was begun on one ticket is still there when the dialog comes again; one text for many is no ticket's.
  const [text, setText] = useDraft(incidents.length > 1 ? "many" : first.id, act);
  const [holdReason, setHoldReason] = useState<HoldReason>("customer");
  const [resolveReason, setResolveReason] = useState<ResolveReason>("fixed");
  const session = useSession();
  const [cause, setCause] = useState<string | undefined>();
  const [cancelReason, setCancelReason] = useState<CancelReason>("duplicate");
  const [basis, setBasis] = useState<LocateBasis>("cause_known");
  const [visibility, setVisibility] = useState<Visibility>("public");
  const [team, setTeam] = useState<string | undefined>(first.team?.id);
  const [person, setPerson] = useState<string | undefined>(first.assignee?.id);
  const [levels, setLevels] = useState({ impact: first.impact, urgency: first.urgency });
  const [other, setOther] = useState<string | undefined>();
  const queries = useQueryClient();
  const [left, setLeft] = useState(incidents);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [refusals, setRefusals] = useState<BulkOutcome["results"]>([]);
  const [relation, setRelation] = useState<LinkRelation>("related");

  const doing = (): Doing => {
    const note = text.trim() || undefined;
    switch (act) {
      case "assign":
        return { act, team_id: team, person_id: person };
      case "resolve":
        return { act, reason: resolveReason, text: note, cause };
      case "hold":
        return { act, reason: holdReason, text: note };
      case "locate":
        return { act, basis, text: note };
      case "cancel":
        return { act, reason: cancelReason };
      case "priority":
        return { act, ...levels };
      case "merge":
        return { act, into: other ?? "" };
      case "split":
        return { act, title: text.trim() };
      case "reopen":
        return { act, text: note };
      case "note":
        return { act, visibility, medium: "note", text: text.trim() };
      case "link":
        return { act, other: other ?? "", relation };
    }
  };
  const ready =
    act === "assign"
      ? Boolean(team || person)
      : act === "merge" || act === "link"
        ? Boolean(other)
        : act === "split" || act === "note"
          ? text.trim() !== ""
          : true;
  const finished = () => {
    setText("");
    if (done) done(act);
    else close();
  };
  const [faster, setFaster] = useState<{ before: Target; after: Incident }[]>([]);
  /** To all of them in one act, which can be undone. Whoever was faster is shown, and what was written goes again by one key. */
  const submitMany = async (what: BulkDoing) => {
    setBusy(true);
    try {
      const outcome = await bulk.mutateAsync([what, left.map(({ id, version }) => ({ id, version }))]);
      told(outcome, t(`incident.act.${act}`));
      const refused = outcome.results.filter((result) => result.code);
      const problem = refused[0];
      if (!problem) return finished();
      const stale = refused
        .filter((result) => result.code === "precondition_failed")
        .map((result) => result.incident_id);
      const fresh = await Promise.all(
        stale.map((id) => queries.fetchQuery({ ...incidentQueries.one(id), staleTime: 0 })),
      );
      setFaster(
        fresh.flatMap((after) => left.filter(({ id }) => id === after.id).map((before) => ({ before, after }))),
      );
      setLeft(
        refused.map(({ incident_id: id, number }) => {
          const { version } = fresh.find((after) => after.id === id) ?? left.find((one) => one.id === id) ?? first;
          return { id, version, number: number ?? 0 };
        }),
      );
      setRefusals(incidents.length > 1 ? refused : []);
      setFailure(refusalOf(problem));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = () => {
    if (!ready || busy) return;
    const what = doing();
    const many = manyOf(what);
    if (many) return void submitMany(many);
    setBusy(true);
    const asked = left.map((incident) =>
      run.mutateAsync({ incident: latest(queries, { ...first, ...incident }), doing: what, toldThere: true }),
    );
    void Promise.allSettled(asked).then((answers) => {
      const refused = left.filter((_, at) => answers[at]?.status === "rejected");
      const failed = answers.find((answer) => answer.status === "rejected");
      setBusy(false);
      // What was written stays until it is taken; a second press sends it for those that are left.
      if (!failed) return finished();
      setLeft(refused);
      setFailure(failed.reason);
    });
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      {failure !== null && (
        <>
          {incidents.length > 1 && <b>{t("incident.notDoneSome", { count: left.length, of: incidents.length })}</b>}
          {faster.length > 0 ? <Meanwhile faster={faster} first={first} /> : <FailureNote error={failure} />}
          {refusals.length > 0 && <Refusals of={refusals} />}
        </>
      )}
      {incidents.length > 1 && <Foretold doing={manyOf(doing())} incidents={left} />}
      {act === "assign" && <AssignFields team={team} person={person} setTeam={setTeam} setPerson={setPerson} />}
      {act === "hold" && (
        <ReasonField
          value={holdReason}
          choose={setHoldReason}
          codes={HOLD_REASONS}
          prefix="incident.hold"
          help={t("incident.field.holdHelp")}
        />
      )}
      {act === "resolve" && (
        <>
          <ReasonField
            value={resolveReason}
            choose={setResolveReason}
            codes={RESOLVE_REASONS}
            prefix="incident.reason"
          />
          {holds(session, "review.read") && <CauseField value={cause} choose={setCause} />}
        </>
      )}
      {act === "cancel" && (
        <ReasonField
          value={cancelReason}
          choose={setCancelReason}
          codes={CANCEL_REASONS}
          prefix="incident.reason"
          first
        />
      )}
      {act === "locate" && (
        <div className="field">
          <span className="label">{t("incident.field.basis")}</span>
          <Segmented
            block
            value={basis}
            onChange={(value) => setBasis(value)}
            options={(["cause_known", "decision_to_act"] as const).map((code) => ({
              value: code,
              label: t(`incident.basis.${code}`),
            }))}
          />
          <p className="help">{t("incident.field.basisHelp")}</p>
        </div>
      )}
      {act === "priority" && <Matrix {...levels} choose={(impact, urgency) => setLevels({ impact, urgency })} />}
      {(act === "merge" || act === "link") && <OtherField without={incidents} value={other} choose={setOther} />}
      {act === "link" && (
        <Segmented
          block
          value={relation}
          onChange={(value) => setRelation(value)}
          options={(["related", "caused_by"] as const).map((code) => ({
            value: code,
            label: t(`incident.relation.${code}`),
          }))}
        />
      )}
      {act === "note" && (
        <Segmented
          block
          value={visibility}
          onChange={(value) => setVisibility(value)}
          options={(["public", "internal"] as const).map((code) => ({
            value: code,
            label: t(`incident.visibility.${code}`),
          }))}
        />
      )}
      {act === "split" && (
        <div className="field">
          <label htmlFor="act-title">{t("incident.field.newTitle")}</label>
          <Input
            id="act-title"
            autoFocus
            value={text}
            onChange={(event) => setText(event.target.value)}
            maxLength={300}
          />
        </div>
      )}
      {["resolve", "hold", "locate", "reopen", "note"].includes(act) && (
        <div className="field">
          <label htmlFor="act-text">{t(act === "note" ? "incident.field.note" : "incident.field.text")}</label>
          <Input.TextArea
            id="act-text"
            autoFocus={act !== "locate"}
            rows={4}
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={t(`incident.placeholder.${act}`)}
          />
        </div>
      )}
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <span className="grow faint wide-only">
          <kbd>Ctrl</kbd> <kbd>↵</kbd>
        </span>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!ready} danger={act === "cancel"}>
          {faster.length > 0 ? t("desk.anyway") : t(`incident.act.${act}`)}
        </Button>
      </div>
    </form>
  );
}

/** The same as one act on many, where there is one. */
function manyOf(doing: Doing): BulkDoing | null {
  switch (doing.act) {
    case "assign":
      return { kind: "assign", team_id: doing.team_id ?? null, person_id: doing.person_id ?? null };
    case "priority":
      return { kind: "priority", impact: doing.impact, urgency: doing.urgency };
    case "hold":
      return { kind: "hold", reason: doing.reason, text: doing.text ?? null };
    case "resolve":
      return { kind: "resolve", reason: doing.reason, text: doing.text ?? null };
    default:
      return null;
  }
}

function ReasonField<C extends string>({
  value,
  choose,
  codes,
  prefix,
  help,
  first = false,
}: {
  value: C;
  choose: (code: C) => void;
  codes: readonly C[];
  prefix: "incident.hold" | "incident.reason";
  help?: string;
  /** Whether it is what one begins with. */
  first?: boolean;
}) {
  const { t } = useText();
  return (
    <div className="field">
      <span className="label">{t("incident.field.reason")}</span>
      <Select<C>
        autoFocus={first}
        style={{ width: "100%" }}
        aria-label={t("incident.field.reason")}
        value={value}
        onChange={choose}
        options={codes.map((code) => ({ value: code, label: textOf(t, prefix, code) }))}
      />
      {help && <p className="help">{help}</p>}
    </div>
  );
}

function AssignFields(props: {
  team: string | undefined;
  person: string | undefined;
  setTeam: (id: string | undefined) => void;
  setPerson: (id: string | undefined) => void;
}) {
  const { t, language } = useText();
  const session = useSession();
  const teams = useQuery(partyQueries.teams());
  const people = useQuery(partyQueries.people());
  const find = {
    filterOption: (typed: string, option?: { label?: unknown }) => matches(String(option?.label ?? ""), typed),
  };
  const me = session?.person.id;
  const inTeam = new Set(teams.data?.find((team) => team.id === props.team)?.members?.map((member) => member.id));
  const options = (people.data ?? [])
    .filter((person) => person.active !== false)
    .sort((a, b) => Number(inTeam.has(b.id)) - Number(inTeam.has(a.id)))
    .map((person) => ({
      value: person.id,
      label: `${nameIn(language, person.display)}${person.id === me ? t("incident.me") : ""}`,
    }));
  return (
    <>
      <div className="field">
        <span className="label">{t("incident.field.person")}</span>
        <div className="row">
          <Select
            autoFocus
            allowClear
            showSearch={find}
            style={{ flex: 1 }}
            aria-label={t("incident.field.person")}
            value={props.person}
            onChange={props.setPerson}
            options={options}
            placeholder={t("incident.field.personHint")}
          />
          {me && (
            <Button onClick={() => props.setPerson(me)} disabled={props.person === me}>
              {t("incident.toMe")}
            </Button>
          )}
        </div>
      </div>
      <div className="field">
        <span className="label">{t("incident.field.team")}</span>
        <Select
          allowClear
          showSearch={find}
          style={{ width: "100%" }}
          aria-label={t("incident.field.team")}
          value={props.team}
          onChange={props.setTeam}
          options={(teams.data ?? []).map((team) => ({ value: team.id, label: nameIn(language, team.display) }))}
        />
      </div>
    </>
  );
}

/** Impact by urgency, as the matrix has it; the server's own version decides what priority it makes. */
export function Matrix({
  impact,
  urgency,
  choose,
}: {
  impact: number;
  urgency: number;
  choose: (impact: number, urgency: number) => void;
}) {
  const { t } = useText();
  return (
    <div className="field">
      <span className="label">{t("incident.field.matrix")}</span>
      <div className="matrix">
        <span />
        {LEVELS.map((level) => (
          <span key={level} className="axis-name" style={{ justifyItems: "center" }}>
            {t(`incident.urgency.${level}`)}
          </span>
        ))}
        {LEVELS.map((i) => (
          <div key={i} style={{ display: "contents" }}>
            <span className="axis-name">{t(`incident.impact.${i}`)}</span>
            {LEVELS.map((u) => (
              <button
                key={u}
                type="button"
                aria-pressed={impact === i && urgency === u}
                aria-label={`P${i + u - 1}, ${t(`incident.impact.${i}`)}, ${t(`incident.urgency.${u}`)}`}
                onClick={() => choose(i, u)}
              >
                <PriorityBadge priority={i + u - 1} />
              </button>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function OtherField({
  without,
  value,
  choose,
}: {
  without: Target[];
  value: string | undefined;
  choose: (id: string) => void;
}) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const found = useQuery(incidentQueries.list({ q: typed || undefined, state: typed ? undefined : "open", limit: 20 }));
  const hidden = new Set(without.map((incident) => incident.id));
  return (
    <div className="field">
      <span className="label">{t("incident.field.other")}</span>
      <Select
        autoFocus
        showSearch={{ filterOption: false, onSearch: setTyped }}
        style={{ width: "100%" }}
        aria-label={t("incident.field.other")}
        value={value}
        onChange={choose}
        placeholder={t("incident.field.otherHint")}
        options={(found.data?.items ?? [])
          .filter((incident) => !hidden.has(incident.id))
          .map((incident) => ({ value: incident.id, label: `${incidentNumber(incident.number)} ${incident.title}` }))}
      />
    </div>
  );
}
