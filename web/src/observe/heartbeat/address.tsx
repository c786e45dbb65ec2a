import { Alert, Segmented } from "antd";
import { useState } from "react";
import { useText } from "@/i18n";
import { CopyButton } from "@/kit/copy";
import { Dialog } from "@/kit/dialog";
import { lines, WAYS, type Way } from "./lines";
import "./heartbeat.css";

/** The address of a heartbeat, shown this once, with what one pastes so that a job reports to it. */
export function AddressShown({ url, cron, close }: { url: string | null; cron: string | null; close: () => void }) {
  const { t } = useText();
  const [way, setWay] = useState<Way>("curl");
  const text = url ? lines(way, url, cron) : "";
  return (
    <Dialog open={url !== null} onCancel={close} width={720} title={t("heartbeat.address")} destroyOnHidden>
      <div className="stack" style={{ gap: 12 }}>
        <Alert type="warning" showIcon title={t("heartbeat.addressOnce")} />
        <pre className="paste mono" data-testid="heartbeat-url">
          {url}
        </pre>
        {url && (
          <div className="row">
            <CopyButton text={url} />
          </div>
        )}
        <Segmented
          value={way}
          onChange={setWay}
          aria-label={t("heartbeat.how")}
          options={WAYS.map((each) => ({ value: each, label: t(`heartbeat.way.${each}`) }))}
        />
        <pre className="paste mono">{text}</pre>
        <div className="row">
          <CopyButton text={text} primary />
        </div>
        <p className="muted">{t(`heartbeat.wayText.${way}`)}</p>
      </div>
    </Dialog>
  );
}
