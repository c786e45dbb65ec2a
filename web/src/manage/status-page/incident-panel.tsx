// In an incident: what outsiders were told of it, and a button to tell them.
import { useQuery } from "@tanstack/react-query";
import { Megaphone } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone } from "@/kit/answer";
import { Panel } from "@/kit/panel";
import { useMay } from "@/shell/session";
import { statusPageQueries } from "./api";
import { Post } from "./posts";
import "./status-page.css";

// Telling is rare: its form comes when it is asked for.
const PostForm = lazy(() => import("./post-form").then((part) => ({ default: part.PostForm })));

export function OutsidersPanel({ incident }: { incident: string }) {
  const { t } = useText();
  const may = useMay();
  const found = useQuery(statusPageQueries.incident(incident));
  const [posting, setPosting] = useState(false);
  // Where there is no status page there is nothing to tell and nobody to be told.
  if (found.data && found.data.posts.length === 0 && found.data.offers.length === 0) return null;
  return (
    <Panel
      title={t("statusPage.outsiders")}
      actions={
        <ActionButton
          size="small"
          icon={<Megaphone size={13} />}
          reason={may("status_page.post")}
          onClick={() => setPosting(true)}
        >
          {t("statusPage.post")}
        </ActionButton>
      }
    >
      <Answer of={found} bones={<Bone h={48} />}>
        {(status) => (
          <>
            {status.resolve_offered && (
              <p className="status-offer" role="status">
                {t("statusPage.resolveOffered")}
              </p>
            )}
            {status.posts.length === 0 ? (
              <p className="muted">{t("statusPage.nothingTold")}</p>
            ) : (
              <ul className="stack status-posts">
                {status.posts.map((post) => (
                  <Post key={post.id} post={post} page={null} resolve={status.resolve_offered} />
                ))}
              </ul>
            )}
          </>
        )}
      </Answer>
      {posting && (
        <Suspense>
          <PostForm page={null} incident={incident} close={() => setPosting(false)} />
        </Suspense>
      )}
    </Panel>
  );
}
