// When a request is expected, and why then.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { ExplainView } from "@/analyze/clock/explain";
import "@/analyze/clock/clock.css";
import type { RequestDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { Drawer } from "@/kit/drawer";
import { instant } from "@/kit/format";
import { requestQueries } from "./api";

export function Expected({ of }: { of: RequestDetail }) {
  const { t, language } = useText();
  const [open, setOpen] = useState(false);
  const counts = of.expected_secs !== null && of.approved_at !== null;
  return (
    <>
      {of.due_at ? instant(of.due_at, language) : "—"}
      {counts && (
        <Button type="link" size="small" onClick={() => setOpen(true)}>
          {t("request.explain")}
        </Button>
      )}
      <Drawer open={open} close={() => setOpen(false)} size={720} title={t("request.due")}>
        <Explanation id={of.id} />
      </Drawer>
    </>
  );
}

function Explanation({ id }: { id: string }) {
  const explained = useQuery(requestQueries.clock(id));
  return (
    <Answer of={explained} bones={<PanelBones height={300} />}>
      {(data) => <ExplainView explained={data} />}
    </Answer>
  );
}
