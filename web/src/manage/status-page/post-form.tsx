// Telling outsiders: a post that begins, from a page or from an incident, with words to begin with in both languages.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, DatePicker, Segmented, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import type { StatusAffected, StatusOffer, StatusPage, StatusPostState } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, Bone, Empty, FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { statusPageActs, statusPageQueries } from "./api";
import { isEnd, TROUBLE } from "./words";
import { AffectedFields, type Both, BothFields } from "./words-fields";

const NONE: Both = { zh: "", en: "" };

export function PostForm({
  page,
  incident,
  close,
}: {
  page: StatusPage | null;
  incident: string | null;
  close: () => void;
}) {
  const { t } = useText();
  return (
    <Drawer open close={close} size={640} title={t("statusPage.post")}>
      {incident ? (
        <FromIncident incident={incident} close={close} />
      ) : (
        page && <Form offers={[offerOf(page)]} incident={null} close={close} />
      )}
    </Drawer>
  );
}

/** What a page offers where no incident says what is hurt. */
const offerOf = (page: StatusPage): StatusOffer => ({
  page: page.name,
  title: page.definition.title,
  components: page.definition.groups.flatMap((group) => group.components.map(({ key, name }) => ({ key, name }))),
  affected: [],
  drafts: [],
});

function FromIncident({ incident, close }: { incident: string; close: () => void }) {
  const { t } = useText();
  const found = useQuery(statusPageQueries.incident(incident));
  return (
    <Answer of={found} bones={<Bone h={300} />}>
      {(status) =>
        status.offers.length === 0 ? (
          <Empty title={t("statusPage.empty.title")} text={t("statusPage.empty.text")} />
        ) : (
          <Form offers={status.offers} incident={incident} close={close} />
        )
      }
    </Answer>
  );
}

function Form({ offers, incident, close }: { offers: StatusOffer[]; incident: string | null; close: () => void }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [name, setName] = useState(offers[0]?.page ?? "");
  const offer = offers.find((each) => each.page === name) ?? offers[0];
  const draftOf = (of: StatusOffer | undefined, state: StatusPostState) =>
    of?.drafts.find((draft) => draft.state === state);
  const [work, setWork] = useState(false);
  const [state, setState] = useState<StatusPostState>("investigating");
  const first = draftOf(offer, "investigating");
  const [title, setTitle] = useState<Both>(first?.title ?? NONE);
  const [text, setText] = useState<Both>(first?.text ?? NONE);
  const [affected, setAffected] = useState<StatusAffected[]>(offer?.affected ?? []);
  const [window, setWindow] = useState<[Dayjs, Dayjs] | null>(null);
  const [later, setLater] = useState(false);
  const [at, setAt] = useState<Dayjs | null>(null);

  const begin = useMutation({
    mutationFn: () =>
      statusPageActs.begin(name, {
        incident_id: incident,
        window: work && window ? { from: window[0].toISOString(), to: window[1].toISOString() } : null,
        title,
        state,
        text,
        components: isEnd(state) ? [] : affected,
        at: later && at ? at.toISOString() : null,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["status-page"] });
      void queries.invalidateQueries({ queryKey: ["incident", "timeline"] });
      message.success(t(later ? "statusPage.written" : "statusPage.told"));
      close();
    },
  });
  const choose = (next: StatusPostState, of = offer) => {
    setState(next);
    const draft = draftOf(of, next);
    // Words that nobody has touched follow the state.
    if (draft && (text === NONE || offers.some((each) => each.drafts.some((one) => one.text.zh === text.zh)))) {
      setText(draft.text);
      setTitle(draft.title);
    }
  };
  const kind = (planned: boolean) => {
    setWork(planned);
    setAffected((offer?.affected ?? []).map((one) => (planned ? { ...one, effect: "maintenance" } : one)));
    choose(planned ? "scheduled" : "investigating");
  };
  const full = [title.zh, title.en, text.zh, text.en].every((words) => words.trim());
  const ready = full && (affected.length > 0 || isEnd(state)) && (!work || window) && (!later || at);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      {begin.isError && <FailureNote error={begin.error} />}
      {offers.length > 1 && (
        <div className="field">
          <label htmlFor="post-page">{t("statusPage.onPage")}</label>
          <Select
            id="post-page"
            value={name}
            style={{ width: "100%" }}
            onChange={(next) => {
              const of = offers.find((each) => each.page === next);
              setName(next);
              setAffected(of?.affected ?? []);
              choose(state, of);
            }}
            options={offers.map((each) => ({ value: each.page, label: nameIn(language, each.title) }))}
          />
        </div>
      )}
      {!incident && (
        <Segmented
          aria-label={t("statusPage.kind.label")}
          value={work ? "work" : "trouble"}
          onChange={(value) => kind(value === "work")}
          options={(["trouble", "work"] as const).map((value) => ({ value, label: t(`statusPage.kind.${value}`) }))}
        />
      )}
      {work ? (
        <div className="field">
          <span className="label">{t("statusPage.window")}</span>
          <DatePicker.RangePicker
            showTime={{ format: "HH:mm" }}
            format="YYYY-MM-DD HH:mm"
            value={window}
            onChange={(value) => setWindow(value?.[0] && value[1] ? [value[0], value[1]] : null)}
          />
        </div>
      ) : (
        <div className="field">
          <span className="label">{t("statusPage.stateNow")}</span>
          <Segmented
            aria-label={t("statusPage.stateNow")}
            value={state}
            onChange={(value) => choose(value)}
            options={TROUBLE.filter((each) => !isEnd(each)).map((value) => ({
              value,
              label: t(`statusPage.postState.${value}`),
            }))}
          />
        </div>
      )}
      <AffectedFields components={offer?.components ?? []} value={affected} change={setAffected} work={work} />
      <BothFields
        id="post-title"
        label={(each) => t(`statusPage.heading.${each}`)}
        value={title}
        change={setTitle}
        most={120}
      />
      <BothFields
        id="post-text"
        label={(each) => t(`statusPage.text.${each}`)}
        value={text}
        change={setText}
        lines
        most={4000}
      />
      <p className="help faint">{t("statusPage.outside")}</p>
      <div className="row-wrap">
        <Checkbox checked={later} onChange={(event) => setLater(event.target.checked)}>
          {t("statusPage.later")}
        </Checkbox>
        {later && (
          <DatePicker
            showTime={{ format: "HH:mm" }}
            format="YYYY-MM-DD HH:mm"
            aria-label={t("statusPage.later")}
            value={at}
            onChange={setAt}
          />
        )}
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={begin.isPending} disabled={!ready}>
          {t(later ? "statusPage.write" : "statusPage.tell")}
        </Button>
      </div>
    </form>
  );
}
