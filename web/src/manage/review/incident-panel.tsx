// In an incident: what caused it, and its review: where it stands, until when it is owed, or a way to begin it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import type { IncidentDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { FailureNote } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { PersonRef } from "@/manage/party/refs";
import { path } from "@/path";
import { useMay } from "@/shell/session";
import { openReview, reviewQueries } from "./api";
import { Due } from "./due";
import { reviewNumber, STATE_TONE } from "./words";
import "../ticket.css";

export function ReviewPanel({ incident }: { incident: IncidentDetail }) {
  const { t, language } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data } = useQuery(reviewQueries.incident(incident.id));
  const begin = useMutation({
    mutationFn: () => openReview(incident.id),
    onSuccess: (review) => navigate(path.review(review.id)),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["review"] }),
  });
  const review = data?.items[0];
  const over = incident.state === "resolved" || incident.state === "closed";
  if (!data || (!review && !over && !incident.cause)) return null;
  return (
    <Panel title={t("review.review")}>
      {incident.cause && (
        <p>
          <span className="faint">{t("review.causedBy")}</span> {nameIn(language, incident.cause.display)}
        </p>
      )}
      {begin.isError && <FailureNote error={begin.error} />}
      {review ? (
        <div className="row-wrap">
          <Link to={path.review(review.id)}>{reviewNumber(review.number)}</Link>
          <Status tone={STATE_TONE[review.state]} word={t(`review.state.${review.state}`)} />
          <PersonRef id={review.owner.id} display={review.owner.display} />
          <Due review={review} />
        </div>
      ) : (
        over && (
          <ActionButton
            size="small"
            reason={may("review.write")}
            loading={begin.isPending}
            onClick={() => begin.mutate()}
          >
            {t("review.begin")}
          </ActionButton>
        )
      )}
    </Panel>
  );
}
