// Where a request stands: in the house's own words, when it has any.
import type { RequestItem } from "@/api/types";
import { useText } from "@/i18n";
import { OwnStatus } from "@/kit/own-status";
import { Status } from "@/kit/status";
import { STATE_TONE } from "./words";

export function RequestState({ of }: { of: Pick<RequestItem, "state" | "status"> }) {
  const { t } = useText();
  const word = t(`request.state.${of.state}`);
  if (of.status) return <OwnStatus status={of.status} state={word} pill />;
  return <Status tone={STATE_TONE[of.state]} word={word} pill />;
}
