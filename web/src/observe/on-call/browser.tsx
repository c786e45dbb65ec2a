// This browser: added as a way by one button, and removed by another.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { BellOff, BellPlus } from "lucide-react";
import { asProblem, Problem } from "@/api/problem";
import type { Contact } from "@/api/types";
import { useText } from "@/i18n";
import { FailureNote } from "@/kit/answer";
import { day } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { onCallActs } from "./api";
import { endUnlessAmong, here, subscribe } from "./push";

/** What the browser itself refused, beside what the server did. */
class Refused extends Error {}

async function add(): Promise<void> {
  const { public_key } = await onCallActs.browserKey();
  let made: Awaited<ReturnType<typeof subscribe>>;
  try {
    made = await subscribe(public_key);
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error));
  }
  if (made) await onCallActs.addBrowser(made);
}

export function BrowserPanel({ contact }: { contact: Contact }) {
  const { t, language } = useText();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ["on-call", "this-browser"], queryFn: here, staleTime: 0 });
  const refresh = () => queries.invalidateQueries({ queryKey: ["on-call"] });
  const own = contact.methods.find((method) => method.browser !== null && method.browser === found.data?.digest);
  const adding = useMutation({ mutationFn: add, onSettled: refresh });
  const removing = useMutation({
    mutationFn: async (id: string) => {
      await onCallActs.removeWay(id);
      await endUnlessAmong([]);
    },
    onSettled: refresh,
  });
  if (!found.data) return null;
  const { standing } = found.data;
  const usable = own && own.gone_at === null;
  const failure = adding.error ?? removing.error;
  const word =
    standing === "on" && !usable
      ? t("onCall.browserState.off")
      : standing === "on" && own?.proven_at
        ? t("onCall.provenOn", { day: day(own.proven_at, language) })
        : t(`onCall.browserState.${standing}`);
  return (
    <Panel title={t("onCall.browser")} hint={t("onCall.browserHint")}>
      <div className="row-wrap" data-testid="this-browser">
        <Status tone={usable ? (own.proven_at ? "good" : "attention") : "unknown"} word={word} />
        <span className="grow" />
        {usable ? (
          <Button icon={<BellOff size={14} />} loading={removing.isPending} onClick={() => removing.mutate(own.id)}>
            {t("onCall.browserRemove")}
          </Button>
        ) : (
          <Button
            icon={<BellPlus size={14} />}
            disabled={standing === "unsupported" || standing === "denied"}
            loading={adding.isPending}
            onClick={() => adding.mutate()}
          >
            {t("onCall.browserAdd")}
          </Button>
        )}
      </div>
      {(standing === "unsupported" || standing === "denied") && (
        <p className="faint">{t(`onCall.browserWhy.${standing}`)}</p>
      )}
      {failure instanceof Refused ? (
        <p className="wrong" role="alert">
          {t("onCall.browserRefused", { why: failure.message })}
        </p>
      ) : (
        failure && <FailureNote error={failure instanceof Problem ? failure : asProblem(failure)} />
      )}
    </Panel>
  );
}
