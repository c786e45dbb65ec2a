// Silences, and the ledger of what was suppressed: by what, until when, what became of it.
import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { BellOff } from "lucide-react";
import { useState } from "react";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { useFilters } from "@/kit/filter";
import { PageHead } from "@/kit/panel";
import { serviceQueries } from "@/manage/service/api";
import { useMay } from "@/shell/session";
import SilenceForm from "./form";
import { Ledger } from "./ledger";
import { written } from "./matchers";
import { Silences } from "./silences";
import "./suppression.css";

export default function SuppressionPage() {
  const { t } = useText();
  const may = useMay();
  const { get, set } = useFilters();
  const view = get("view") === "ledger" ? "ledger" : "silences";
  // From an incident: its service is what is to be silenced.
  const asked = get("service");
  const service = useQuery({ ...serviceQueries.one(asked), enabled: asked !== "" });
  const [making, setMaking] = useState(false);
  const first = service.data ? written([{ name: "service", op: "=", value: service.data.name }]) : "";
  return (
    <div className="page">
      <PageHead
        title={t("suppression.title")}
        sub={t("suppression.sub")}
        actions={
          <ActionButton
            type="primary"
            icon={<BellOff size={15} />}
            reason={may("silence.write")}
            onClick={() => setMaking(true)}
          >
            {t("suppression.make")}
          </ActionButton>
        }
      />
      <Segmented
        className="suppression-views"
        value={view}
        aria-label={t("suppression.title")}
        options={(["silences", "ledger"] as const).map((each) => ({
          value: each,
          label: t(`suppression.view.${each}`),
        }))}
        onChange={(each) => set("view", each === "silences" ? "" : each)}
      />
      {view === "silences" ? <Silences /> : <Ledger />}
      <SilenceForm
        open={making || Boolean(first)}
        close={() => {
          setMaking(false);
          set("service", "");
        }}
        first={first}
      />
    </div>
  );
}
