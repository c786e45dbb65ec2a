import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import type { StatusPage } from "@/api/types";
import { useText } from "@/i18n";
import { Answer, Bone, useProblemText } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { holds, useSession } from "@/shell/session";
import { statusPageActs, statusPageQueries } from "./api";

/** How many are told; who keeps the page sees them masked. */
export function Subscribers({ page }: { page: StatusPage }) {
  const { t } = useText();
  const session = useSession();
  const writes = holds(session, "status_page.write");
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problem = useProblemText();
  const list = useQuery({ ...statusPageQueries.subscribers(page.name), enabled: writes });
  const remove = useMutation({
    mutationFn: statusPageActs.removeSubscriber,
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["status-page"] }),
    onError: (error) => message.error(problem(error)),
  });
  return (
    <Panel title={t("statusPage.subscribers")} hint={String(page.subscribers)}>
      {page.subscribers === 0 && <p className="muted">{t("statusPage.noSubscribers")}</p>}
      {writes && page.subscribers > 0 && (
        <Answer of={list} bones={<Bone h={60} />}>
          {(found) => (
            <ul className="stack" style={{ gap: 6 }}>
              {found.items.map((one) => (
                <li key={one.id} className="row">
                  <span className="grow clip">{one.address}</span>
                  <span className="faint">{t(`statusPage.channel.${one.channel}`)}</span>
                  <Button size="small" type="text" loading={remove.isPending} onClick={() => remove.mutate(one.id)}>
                    {t("statusPage.remove")}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </Answer>
      )}
    </Panel>
  );
}
