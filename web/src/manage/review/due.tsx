// Until when a review is owed, and that it is late.
import { Tooltip } from "antd";
import type { Review } from "@/api/types";
import { useText } from "@/i18n";
import { instant } from "@/kit/format";
import { Status } from "@/kit/status";
import { Ago } from "@/kit/time";

export function Due({ review }: { review: Review }) {
  const { t, language } = useText();
  if (review.published_at)
    return (
      <span className="faint">
        {t("review.publishedAt")} <Ago at={review.published_at} />
      </span>
    );
  if (!review.due_at) return <span className="faint">{t("review.neverDue")}</span>;
  return (
    <Tooltip title={instant(review.due_at, language)}>
      <span className="row">
        {review.overdue ? <Status tone="bad" word={t("review.overdue")} /> : <span>{t("review.due")}</span>}{" "}
        <Ago at={review.due_at} />
      </span>
    </Tooltip>
  );
}
