import { useMutation } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { client, read } from "@/api/client";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";

export const LEAST_LENGTH = 12;

/** Sets one's own password; asks for the current one when there is one. */
export function PasswordForm({
  done,
  later,
  current = false,
}: {
  done: () => void;
  later?: () => void;
  current?: boolean;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const [old, setOld] = useState("");
  const [word, setWord] = useState("");
  const [again, setAgain] = useState("");
  const save = useMutation({
    mutationFn: () =>
      read(
        client.PUT("/api/v1/session/password", { body: { ...(current && old ? { current: old } : {}), new: word } }),
      ),
    onSuccess: () => {
      message.success(t("shell.password.saved"));
      setOld("");
      setWord("");
      setAgain("");
      done();
    },
  });
  const short = word !== "" && word.length < LEAST_LENGTH;
  const differs = again !== "" && again !== word;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="form" onSubmit={submit}>
      {save.isError && <FailureNote error={save.error} />}
      {current && (
        <div className="field">
          <label htmlFor="old-word">{t("shell.password.current")}</label>
          <Input.Password
            id="old-word"
            autoComplete="current-password"
            value={old}
            onChange={(e) => setOld(e.target.value)}
          />
          <p className="help">{t("shell.password.currentHelp")}</p>
        </div>
      )}
      <div className="field">
        <label htmlFor="new-word">{t("shell.password.new")}</label>
        <Input.Password
          id="new-word"
          autoComplete="new-password"
          value={word}
          onChange={(e) => setWord(e.target.value)}
          status={short ? "error" : ""}
        />
        <p className={short ? "wrong" : "help"}>{t("shell.password.rule", { n: LEAST_LENGTH })}</p>
      </div>
      <div className="field">
        <label htmlFor="again-word">{t("shell.password.again")}</label>
        <Input.Password
          id="again-word"
          autoComplete="new-password"
          value={again}
          onChange={(e) => setAgain(e.target.value)}
          status={differs ? "error" : ""}
        />
        {differs && <p className="wrong">{t("shell.password.differs")}</p>}
      </div>
      <div className="row">
        <Button
          type="primary"
          htmlType="submit"
          loading={save.isPending}
          disabled={word.length < LEAST_LENGTH || again !== word}
        >
          {t("kit.save")}
        </Button>
        {later && (
          <Button type="text" onClick={later}>
            {t("shell.password.later")}
          </Button>
        )}
      </div>
    </form>
  );
}
