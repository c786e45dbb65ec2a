// Every saved version, and what is different between one and the one before.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import type { ArticleDetail } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Bone } from "@/kit/answer";
import { Dialog } from "@/kit/dialog";
import { Panel } from "@/kit/panel";
import { Ago } from "@/kit/time";
import { PersonRef } from "@/manage/party/refs";
import { knowledgeQueries } from "./api";

export function Versions({ article }: { article: ArticleDetail }) {
  const { t } = useText();
  const versions = useQuery(knowledgeQueries.versions(article.id));
  const [shown, setShown] = useState<number | null>(null);
  return (
    <Panel title={t("knowledge.versions")}>
      <Answer of={versions} bones={<Bone h={60} />}>
        {(all) => (
          <ul className="found-list">
            {all.map((version) => (
              <li key={version.no} className="row-wrap">
                <b>{t("knowledge.versionNo", { no: version.no })}</b>
                <span className="faint">
                  <Ago at={version.saved_at} />
                </span>
                {version.author && <PersonRef id={version.author.id} display={version.author.display} />}
                {version.no === article.live_no && <span>{t("knowledge.live")}</span>}
                {version.no > 1 && (
                  <Button size="small" type="text" onClick={() => setShown(version.no)}>
                    {t("knowledge.difference")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {shown !== null && <Difference id={article.id} newer={shown} close={() => setShown(null)} />}
    </Panel>
  );
}

function Difference({ id, newer, close }: { id: string; newer: number; close: () => void }) {
  const { t } = useText();
  const lines = useQuery(knowledgeQueries.difference(id, newer - 1, newer));
  return (
    <Dialog open onCancel={close} width={800} title={t("knowledge.between", { older: newer - 1, newer })}>
      <Answer of={lines} bones={<Bone h={200} />}>
        {(all) => (
          <ol className="article-lines">
            {all.map((line, place) => (
              <li key={place} className={line.change}>
                {line.change !== "same" && <span className="sr-only">{t(`knowledge.${line.change}`)}</span>}
                {line.text}
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </Dialog>
  );
}
