// A further word of a post.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Segmented } from "antd";
import { useEffect, useState } from "react";
import type { StatusAffected, StatusPage, StatusPost, StatusPostState } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { statusPageActs, statusPageQueries } from "./api";
import { isEnd, TROUBLE, WORK } from "./words";
import { AffectedFields, type Both, BothFields } from "./words-fields";

export function GoOnForm({
  post,
  page,
  first,
  close,
}: {
  post: StatusPost;
  page: StatusPage | null;
  first: StatusPostState;
  close: () => void;
}) {
  const { t } = useText();
  return (
    <Drawer open close={close} size={640} title={t("statusPage.goOn")}>
      <Form post={post} page={page} first={first} close={close} />
    </Drawer>
  );
}

function Form({ post, page, first, close }: Parameters<typeof GoOnForm>[0]) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const pages = useQuery({ ...statusPageQueries.all(), enabled: page === null });
  const known = page ?? pages.data?.find((each) => each.name === post.page);
  const status = useQuery({
    ...statusPageQueries.incident(post.incident_id ?? ""),
    enabled: post.incident_id !== null,
  });
  const drafts = status.data?.offers.find((each) => each.page === post.page)?.drafts;
  const [state, setState] = useState(first);
  const [text, setText] = useState<Both>({ zh: "", en: "" });
  const [touched, setTouched] = useState(false);
  const [affected, setAffected] = useState<StatusAffected[]>(post.components);
  useEffect(() => {
    const draft = drafts?.find((each) => each.state === state);
    if (draft && !touched) setText(draft.text);
  }, [drafts, state, touched]);
  const goOn = useMutation({
    mutationFn: () => statusPageActs.goOn(post.id, { state, text, components: isEnd(state) ? [] : affected }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["status-page"] });
      void queries.invalidateQueries({ queryKey: ["incident", "timeline"] });
      message.success(t("statusPage.told"));
      close();
    },
  });
  const components = known?.definition.groups.flatMap((group) => group.components) ?? [];
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        goOn.mutate();
      }}
    >
      {goOn.isError && <FailureNote error={goOn.error} />}
      <Segmented
        aria-label={t("statusPage.stateNow")}
        value={state}
        onChange={(value) => setState(value)}
        options={(post.window ? WORK : TROUBLE).map((value) => ({ value, label: t(`statusPage.postState.${value}`) }))}
      />
      {!isEnd(state) && (
        <AffectedFields components={components} value={affected} change={setAffected} work={post.window !== null} />
      )}
      <BothFields
        id="word-text"
        label={(each) => t(`statusPage.text.${each}`)}
        value={text}
        change={(value) => {
          setTouched(true);
          setText(value);
        }}
        lines
        most={4000}
      />
      <p className="help faint">{t("statusPage.outside")}</p>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button
          type="primary"
          htmlType="submit"
          loading={goOn.isPending}
          disabled={!text.zh.trim() || !text.en.trim() || (!isEnd(state) && affected.length === 0)}
        >
          {t("statusPage.tell")}
        </Button>
      </div>
    </form>
  );
}
