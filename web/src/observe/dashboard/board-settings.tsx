// What a board is called, how it begins, and what its reader may choose.
import { Input, InputNumber, Select, Switch } from "antd";
import { useId } from "react";
import { nameIn, useText } from "@/i18n";
import { Drawer } from "@/kit/drawer";
import { QUICK } from "@/observe/metric/range";
import { AddRow, RemoveRow, renamed } from "./form";
import type { Board, Variable } from "./model";

const VARIABLES_MAX = 20;

export function BoardSettings({
  open,
  close,
  board,
  change,
}: {
  open: boolean;
  close: () => void;
  board: Board;
  change: (board: Board) => void;
}) {
  const { t } = useText();
  return (
    <Drawer open={open} close={close} size={480} title={t("dashboard.settings.title")}>
      {open && <Form board={board} change={change} />}
    </Drawer>
  );
}

function Form({ board, change }: { board: Board; change: (board: Board) => void }) {
  const { t, language } = useText();
  const id = useId();
  const variables = board.variables ?? [];
  const setVariable = (index: number, part: Partial<Variable>) =>
    change({ ...board, variables: variables.map((each, at) => (at === index ? { ...each, ...part } : each)) });
  return (
    <div className="form">
      <div className="field">
        <label htmlFor={`${id}t`}>{t("dashboard.field.title")}</label>
        <Input
          id={`${id}t`}
          maxLength={200}
          value={nameIn(language, board.title)}
          onChange={(event) => change({ ...board, title: renamed(language, board.title, event.target.value) })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}d`}>{t("dashboard.field.description")}</label>
        <Input.TextArea
          id={`${id}d`}
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={nameIn(language, board.description)}
          onChange={(event) =>
            change({
              ...board,
              description: event.target.value ? renamed(language, board.description, event.target.value) : undefined,
            })
          }
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}g`}>{t("dashboard.field.tags")}</label>
        <Select
          id={`${id}g`}
          mode="tags"
          style={{ width: "100%" }}
          value={board.tags ?? []}
          onChange={(tags: string[]) => change({ ...board, tags: tags.length > 0 ? tags : undefined })}
        />
      </div>
      <div className="field-row">
        <div className="field">
          <label htmlFor={`${id}r`}>{t("dashboard.field.range")}</label>
          <Select
            id={`${id}r`}
            style={{ width: 120 }}
            value={board.range ?? "1h"}
            options={QUICK.map((each) => ({ value: each, label: each }))}
            onChange={(range) => change({ ...board, range })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}f`}>{t("dashboard.field.refresh")}</label>
          <InputNumber
            id={`${id}f`}
            min={5}
            max={86_400}
            precision={0}
            value={board.refresh_secs ?? null}
            onChange={(secs) => change({ ...board, refresh_secs: secs ?? undefined })}
          />
        </div>
      </div>
      <div className="field">
        <span className="label">{t("dashboard.variable.title")}</span>
        <p className="help">{t("dashboard.variable.help")}</p>
        <ul className="stack" style={{ gap: 12, marginTop: 8 }}>
          {variables.map((variable, index) => (
            <li key={index} className="variable-form">
              <div className="row">
                <Input
                  prefix="$"
                  className="mono"
                  style={{ width: 150 }}
                  aria-label={t("dashboard.variable.name")}
                  value={variable.name}
                  onChange={(event) => setVariable(index, { name: event.target.value.replace(/\W/g, "") })}
                />
                <Select
                  style={{ width: 170 }}
                  aria-label={t("dashboard.variable.from")}
                  value={variable.label === undefined ? "values" : "label"}
                  options={[
                    { value: "label", label: t("dashboard.variable.label") },
                    { value: "values", label: t("dashboard.variable.values") },
                  ]}
                  onChange={(from) =>
                    setVariable(
                      index,
                      from === "label"
                        ? { label: "instance", values: undefined }
                        : { label: undefined, of: undefined, values: ["value"] },
                    )
                  }
                />
                <label className="row" htmlFor={`${id}m${index}`}>
                  <Switch
                    id={`${id}m${index}`}
                    size="small"
                    checked={variable.multi ?? false}
                    onChange={(multi) => setVariable(index, { multi })}
                  />
                  {t("dashboard.variable.multi")}
                </label>
                <span className="grow" />
                <RemoveRow
                  label={`${t("dashboard.variable.remove")} ${variable.name}`}
                  remove={() => change({ ...board, variables: variables.filter((_, at) => at !== index) })}
                />
              </div>
              {variable.label !== undefined ? (
                <div className="row">
                  <Input
                    className="mono"
                    aria-label={t("dashboard.variable.label")}
                    placeholder="instance"
                    value={variable.label}
                    onChange={(event) => setVariable(index, { label: event.target.value })}
                  />
                  <Input
                    className="mono"
                    aria-label={t("dashboard.variable.of")}
                    placeholder={t("dashboard.variable.of")}
                    value={variable.of ?? ""}
                    onChange={(event) => setVariable(index, { of: event.target.value || undefined })}
                  />
                </div>
              ) : (
                <Select
                  mode="tags"
                  style={{ width: "100%" }}
                  aria-label={t("dashboard.variable.values")}
                  value={variable.values ?? []}
                  onChange={(values: string[]) => values.length > 0 && setVariable(index, { values })}
                />
              )}
            </li>
          ))}
        </ul>
        {variables.length < VARIABLES_MAX && (
          <AddRow
            add={() =>
              change({
                ...board,
                variables: [...variables, { name: `choice${variables.length + 1}`, label: "instance", multi: true }],
              })
            }
          >
            {t("dashboard.variable.add")}
          </AddRow>
        )}
      </div>
    </div>
  );
}
