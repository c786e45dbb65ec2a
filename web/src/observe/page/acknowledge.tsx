// The page behind the link in a page's mail. Works signed out and on a phone. Opening it uses nothing up: mail scanners
// open links; only the button does.
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { CircleCheckBig } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { client, read } from "@/api/client";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { path } from "@/path";
import { Outside } from "@/shell/outside";
import "./page.css";

export default function Acknowledge() {
  const { t, language } = useText();
  const [query] = useSearchParams();
  const token = query.get("token") ?? "";
  const acknowledge = useMutation({
    mutationFn: () => read(client.POST("/api/v1/acknowledgements", { body: { token } })),
  });
  if (acknowledge.data) {
    const { person } = acknowledge.data;
    return (
      <Outside>
        <div className="ack-done" role="status">
          <CircleCheckBig size={44} strokeWidth={1.6} aria-hidden />
          <h1>{t("page.done", { who: typeof person === "string" ? person : nameIn(language, person.display) })}</h1>
          <p className="lead">
            INC-{acknowledge.data.incident_number} · {acknowledge.data.title}
          </p>
          <p className="muted">{t("page.doneText")}</p>
          <Link to={path.incidents({ view: "mine" })}>{t("page.open")}</Link>
        </div>
      </Outside>
    );
  }
  return (
    <Outside>
      <h1>{t("page.title")}</h1>
      <p className="lead">{t("page.lead")}</p>
      {acknowledge.isError && (
        <div style={{ marginBottom: 16 }}>
          <FailureNote error={acknowledge.error} />
        </div>
      )}
      {!token && <p className="is-attention">{t("page.noToken")}</p>}
      <Button
        type="primary"
        block
        className="ack-button"
        disabled={!token}
        loading={acknowledge.isPending}
        onClick={() => acknowledge.mutate()}
      >
        {t("page.button")}
      </Button>
      <p className="faint" style={{ marginTop: 14, textAlign: "center" }}>
        {t("page.once")}
      </p>
    </Outside>
  );
}
