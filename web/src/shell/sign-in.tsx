import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { client, read } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { safeBack } from "@/path";
import { Outside } from "./outside";
import { PasswordForm } from "./password-form";
import { sessionQuery } from "./session";

/** Sign-in by one-time link (`?token=`) or by name and password. A link is used only when its button is pressed: mail scanners open links. */
export default function SignIn() {
  const { t } = useText();
  const [query] = useSearchParams();
  const token = query.get("token");
  const back = safeBack(query.get("back"));
  const session = useQuery(sessionQuery);
  const queries = useQueryClient();
  const [chooseWord, setChooseWord] = useState(false);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");

  const byLink = useMutation({
    mutationFn: (link: string) => read(client.POST("/api/v1/session/link", { body: { token: link } })),
    onSuccess: async () => {
      setChooseWord(true);
      await queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  const byPassword = useMutation({
    mutationFn: () => read(client.POST("/api/v1/session/password", { body: { name: name.trim(), password } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["session"] }),
  });

  if (chooseWord && session.data) {
    return (
      <Outside>
        <h1>{t("shell.signIn.chooseTitle")}</h1>
        <p className="lead">{t("shell.signIn.chooseLead")}</p>
        <PasswordForm done={() => setChooseWord(false)} later={() => setChooseWord(false)} />
      </Outside>
    );
  }
  if (session.data && !token) return <Navigate to={back} replace />;
  if (session.data && token && byLink.isSuccess) return <Navigate to={back} replace />;
  if (token && !byLink.isError) {
    return (
      <Outside>
        <h1>{t("shell.signIn.linkTitle")}</h1>
        <p className="lead">{t("shell.signIn.linkLead")}</p>
        <Button type="primary" size="large" block loading={byLink.isPending} onClick={() => byLink.mutate(token)}>
          {t("shell.signIn.linkButton")}
        </Button>
      </Outside>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byPassword.mutate();
  };
  return (
    <Outside>
      <h1>{t("shell.signIn.title")}</h1>
      <p className="lead">{t("shell.signIn.lead")}</p>
      <form className="form" onSubmit={submit}>
        {byLink.isError && <FailureNote error={byLink.error} />}
        {byPassword.isError &&
          (asProblem(byPassword.error).status === 401 ? (
            <p className="sign-in-wrong" role="alert">
              {t("shell.signIn.wrong")}
            </p>
          ) : (
            <FailureNote error={byPassword.error} />
          ))}
        <div className="field">
          <label htmlFor="name">{t("shell.signIn.name")}</label>
          <Input
            id="name"
            size="large"
            autoComplete="username"
            autoFocus
            value={name}
            onChange={(e) => setName(e.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="password">{t("shell.signIn.password")}</label>
          <Input.Password
            id="password"
            size="large"
            autoComplete="current-password"
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        </div>
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={byPassword.isPending}
          disabled={!name.trim() || !password}
        >
          {t("shell.signIn.button")}
        </Button>
        <p className="faint">{t("shell.signIn.help")}</p>
      </form>
    </Outside>
  );
}
