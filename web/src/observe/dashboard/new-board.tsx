// A new board: empty, or a copy of one.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Input } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { nameIn, useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { path } from "@/path";
import { dashboardActs } from "./api";
import { type Board, slug } from "./model";
import { PACK_PREFIX } from "./packs";

export function NewBoard({ open, close, from }: { open: boolean; close: () => void; from: Board | null }) {
  const { t, language } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [title, setTitle] = useState<string | null>(null);
  const [name, setName] = useState<string | null>(null);
  const shownTitle = title ?? (from ? t("dashboard.copyOf", { title: nameIn(language, from.title) }) : "");
  // A title without a Latin letter gives no address: the day and minute do.
  const shownName =
    name ??
    (slug(shownTitle) || (shownTitle ? `board-${new Date().toISOString().slice(2, 16).replace(/\D/g, "")}` : ""));
  const ours = shownName.startsWith(PACK_PREFIX);
  const make = useMutation({
    mutationFn: () => dashboardActs.put(shownName, { ...(from ?? { panels: [] }), title: shownTitle } as Board, 0),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["dashboard"] });
      close();
      navigate(`${path.dashboard(made.name)}?edit=1`);
    },
  });
  return (
    <Dialog
      open={open}
      onCancel={close}
      title={t(from ? "dashboard.copy" : "dashboard.new")}
      okText={t("dashboard.create")}
      cancelText={t("kit.cancel")}
      okButtonProps={{ disabled: !shownTitle.trim() || !shownName || ours, loading: make.isPending }}
      onOk={() => make.mutate()}
      destroyOnHidden
    >
      <div className="form" style={{ margin: "12px 0" }}>
        <div className="field">
          <label htmlFor="board-title">{t("dashboard.field.title")}</label>
          <Input
            id="board-title"
            autoFocus
            maxLength={200}
            value={shownTitle}
            onChange={(event) => setTitle(event.target.value)}
            onPressEnter={() => shownTitle.trim() && shownName && !ours && make.mutate()}
          />
        </div>
        <div className="field">
          <label htmlFor="board-name">{t("dashboard.field.name")}</label>
          <Input
            id="board-name"
            className="mono"
            maxLength={64}
            prefix={<span className="faint">/observe/dashboards/</span>}
            value={shownName}
            onChange={(event) => setName(event.target.value.toLowerCase().replace(/[^a-z0-9-]/g, "-"))}
          />
          <p className={ours ? "wrong" : "help"}>
            {t(ours ? "dashboard.field.nameTaken" : "dashboard.field.nameHelp")}
          </p>
        </div>
        {make.isError && <FailureNote error={make.error} />}
      </div>
    </Dialog>
  );
}
