import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Popconfirm, Select } from "antd";
import { CirclePlus } from "lucide-react";
import { useState } from "react";
import { client, read } from "@/api/client";
import { rowsOf } from "@/api/listed";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Empty, FailureNote, TableBones, useProblemText } from "@/kit/answer";
import { CopyButton } from "@/kit/copy";
import { Dialog } from "@/kit/dialog";
import { isoDay } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Table } from "@/kit/table";
import { Ago } from "@/kit/time";
import { type Permission, useMay, useSession } from "../session";

const tokensQuery = queryOptions({
  queryKey: ["token"],
  queryFn: async () => rowsOf(await read(client.GET("/api/v1/tokens"))),
});
const DAYS = [30, 90, 365] as const;

export default function Tokens() {
  const { t } = useText();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const tokens = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const revoke = useMutation({
    mutationFn: (id: string) => read(client.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
    onSuccess: () => message.success(t("settings.token.revoked")),
    onError: (error) => message.error(problemText(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ["token"] }),
  });
  const make = (
    <ActionButton
      type="primary"
      size="small"
      icon={<CirclePlus size={14} />}
      reason={may("token.write")}
      onClick={() => setMaking(true)}
    >
      {t("settings.token.make")}
    </ActionButton>
  );
  return (
    <Panel title={t("settings.part.tokens")} flush actions={make}>
      <Answer of={tokens} bones={<TableBones rows={3} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty
              title={t("settings.token.empty")}
              text={t("settings.token.emptyText")}
              example={'curl -H "Authorization: Bearer …" https://…/api/v1/incidents'}
            />
          ) : (
            <Table
              label={t("settings.part.tokens")}
              rows={rows}
              columns={[
                {
                  key: "n",
                  head: t("settings.column.name"),
                  cell: (row) => <b style={{ fontWeight: 540 }}>{row.name}</b>,
                },
                {
                  key: "p",
                  head: t("settings.token.scope"),
                  wideOnly: true,
                  cell: (row) => (
                    <span className="faint">{t("settings.token.permissions", { count: row.permissions.length })}</span>
                  ),
                },
                {
                  key: "c",
                  head: t("settings.token.made"),
                  num: true,
                  wideOnly: true,
                  cell: (row) => <Ago at={row.created_at} />,
                },
                {
                  key: "u",
                  head: t("settings.token.used"),
                  num: true,
                  cell: (row) => (row.last_used_at ? <Ago at={row.last_used_at} /> : t("settings.token.never")),
                },
                {
                  key: "e",
                  head: t("settings.token.expires"),
                  num: true,
                  cell: (row) => (row.expires_at ? isoDay(row.expires_at) : t("settings.token.noEnd")),
                },
                {
                  key: "x",
                  head: "",
                  num: true,
                  cell: (row) => (
                    <Popconfirm
                      title={t("settings.token.revokeAsk")}
                      okText={t("settings.token.revoke")}
                      cancelText={t("kit.cancel")}
                      onConfirm={() => revoke.mutate(row.id)}
                    >
                      <Button size="small" danger type="text">
                        {t("settings.token.revoke")}
                      </Button>
                    </Popconfirm>
                  ),
                },
              ]}
            />
          )
        }
      </Answer>
      <Dialog
        open={making}
        onCancel={() => setMaking(false)}
        destroyOnHidden
        width={460}
        title={t("settings.token.make")}
      >
        <MakeToken close={() => setMaking(false)} />
      </Dialog>
    </Panel>
  );
}

function MakeToken({ close }: { close: () => void }) {
  const { t } = useText();
  const session = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState<number>(90);
  const [chosen, setChosen] = useState<Permission[]>(() =>
    (session?.permissions ?? []).filter((permission) => permission.endsWith(".read")),
  );
  const make = useMutation({
    mutationFn: () =>
      read(
        client.POST("/api/v1/tokens", {
          body: {
            name: name.trim(),
            permissions: chosen,
            expires_at: new Date(Date.now() + days * 86_400_000).toISOString(),
          },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["token"] }),
  });
  if (make.data) {
    const { secret } = make.data;
    return (
      <div className="stack">
        <p>{t("settings.token.once")}</p>
        <code className="secret">{secret}</code>
        <div className="row">
          <CopyButton text={secret} primary />
          <Button onClick={close}>{t("kit.close")}</Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      {make.isError && <FailureNote error={make.error} />}
      <div className="field">
        <label htmlFor="token-name">{t("settings.column.name")}</label>
        <Input
          id="token-name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={t("settings.token.nameHint")}
        />
      </div>
      <div className="field">
        <span className="label">{t("settings.token.expires")}</span>
        <Select
          style={{ width: "100%" }}
          aria-label={t("settings.token.expires")}
          value={days}
          onChange={setDays}
          options={DAYS.map((n) => ({ value: n, label: t("settings.token.days", { n }) }))}
        />
      </div>
      <div className="field">
        <span className="label">{t("settings.token.scope")}</span>
        <Checkbox.Group<Permission>
          style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: "4px 12px" }}
          value={chosen}
          onChange={(values) => setChosen(values)}
          options={(session?.permissions ?? []).map((permission) => ({ value: permission, label: permission }))}
        />
        <p className="help">{t("settings.token.scopeHelp")}</p>
      </div>
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={close}>{t("kit.cancel")}</Button>
        <Button
          type="primary"
          htmlType="submit"
          loading={make.isPending}
          disabled={!name.trim() || chosen.length === 0}
        >
          {t("settings.token.make")}
        </Button>
      </div>
    </form>
  );
}
