// The whole board as code: read, changed, taken to a repository or brought from one.
import { Button, Input } from "antd";
import { Download } from "lucide-react";
import { useState } from "react";
import { useText } from "@/i18n";
import { download } from "@/kit/download";
import { Drawer } from "@/kit/drawer";
import { Status } from "@/kit/status";
import { type Board, readBoard, writeBoard } from "./model";

export function CodeEditor({
  open,
  close,
  name,
  board,
  apply,
}: {
  open: boolean;
  close: () => void;
  name: string;
  board: Board;
  /** Null for a board that cannot be changed. */
  apply: ((board: Board) => void) | null;
}) {
  const { t } = useText();
  return (
    <Drawer open={open} close={close} size={680} title={t("dashboard.code.title")}>
      {open && <Body key={name} close={close} name={name} board={board} apply={apply} />}
    </Drawer>
  );
}

function Body({
  name,
  board,
  apply,
  close,
}: {
  name: string;
  board: Board;
  apply: ((board: Board) => void) | null;
  close: () => void;
}) {
  const { t } = useText();
  const [text, setText] = useState(() => writeBoard(board));
  const [wrong, setWrong] = useState("");
  return (
    <div className="stack" style={{ gap: 10 }}>
      <p className="muted">{t(apply ? "dashboard.code.text" : "dashboard.code.readOnly")}</p>
      <Input.TextArea
        className="mono yaml"
        spellCheck={false}
        readOnly={!apply}
        autoSize={{ minRows: 16, maxRows: 34 }}
        aria-label={t("dashboard.code.title")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setWrong("");
        }}
      />
      {wrong && (
        <div role="alert">
          <Status tone="bad" word={t("dashboard.code.wrong")} /> <span className="muted">{wrong}</span>
        </div>
      )}
      <div className="row">
        {apply && (
          <Button
            type="primary"
            onClick={() => {
              try {
                apply(readBoard(text));
                close();
              } catch (error) {
                setWrong(error instanceof Error ? error.message : String(error));
              }
            }}
          >
            {t("dashboard.code.apply")}
          </Button>
        )}
        <Button
          icon={<Download size={14} aria-hidden />}
          onClick={() => download(`${name}.yaml`, "application/yaml", text)}
        >
          {t("dashboard.code.download")}
        </Button>
      </div>
    </div>
  );
}
