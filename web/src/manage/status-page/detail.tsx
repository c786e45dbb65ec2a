// One status page: what it says, its posts, its link and who is told.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Popconfirm } from "antd";
import { ExternalLink, Megaphone, Pencil } from "lucide-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { StatusPage } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { ActionButton } from "@/kit/action";
import { Answer, Bone, Empty, PanelBones, useProblemText } from "@/kit/answer";
import { CopyButton } from "@/kit/copy";
import { PageHead, Panel } from "@/kit/panel";
import { Status } from "@/kit/status";
import { path } from "@/path";
import { Missing } from "@/shell/missing";
import { holds, useMay, useSession } from "@/shell/session";
import { statusPageActs, statusPageQueries } from "./api";
import { PageEditor } from "./editor";
import { PostForm } from "./post-form";
import { Posts } from "./posts";
import { Subscribers } from "./subscribers";
import { STATE_TONE } from "./words";
import "./status-page.css";

export default function StatusPageDetail() {
  const { name = "" } = useParams();
  const pages = useQuery(statusPageQueries.all());
  return (
    <Answer
      of={pages}
      bones={
        <div className="page">
          <Bone w="40%" h={26} />
          <PanelBones height={200} />
        </div>
      }
    >
      {(list) => {
        const page = list.find((each) => each.name === name);
        return page ? <Detail page={page} /> : <Missing />;
      }}
    </Answer>
  );
}

function Detail({ page }: { page: StatusPage }) {
  const { t, language } = useText();
  const may = useMay();
  const session = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problem = useProblemText();
  const [editing, setEditing] = useState(false);
  const [posting, setPosting] = useState(false);
  const posts = useQuery(statusPageQueries.posts(page.name));
  const retire = useMutation({
    mutationFn: () => statusPageActs.retire(page.name),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["status-page"] });
      navigate(path.statusPages());
    },
    onError: (error) => message.error(problem(error)),
  });
  return (
    <div className="page">
      <PageHead
        crumb={{ to: path.statusPages(), label: t("statusPage.pages") }}
        title={nameIn(language, page.definition.title)}
        sub={
          <span className="row">
            {page.state && <Status tone={STATE_TONE[page.state]} word={t(`statusPage.state.${page.state}`)} pill />}
            <a href={`/status/${page.name}?lang=${language}`} target="_blank" rel="noreferrer" className="row">
              /status/{page.name} <ExternalLink size={13} aria-label={t("statusPage.open")} />
            </a>
          </span>
        }
        actions={
          <>
            <ActionButton
              icon={<Pencil size={14} />}
              reason={may("status_page.write")}
              onClick={() => setEditing(true)}
            >
              {t("statusPage.edit")}
            </ActionButton>
            <ActionButton
              type="primary"
              icon={<Megaphone size={15} />}
              reason={may("status_page.post")}
              onClick={() => setPosting(true)}
            >
              {t("statusPage.post")}
            </ActionButton>
          </>
        }
      />
      <div className="status-grid">
        <Panel title={t("statusPage.posts")}>
          <Answer of={posts} bones={<Bone h={160} />}>
            {(found) =>
              found.items.length === 0 ? (
                <Empty compact title={t("statusPage.noPosts")} text={t("statusPage.noPostsText")} />
              ) : (
                <Posts posts={found.items} page={page} />
              )
            }
          </Answer>
        </Panel>
        <div className="stack">
          {page.definition.audience !== "public" && holds(session, "status_page.write") && <SecretLink page={page} />}
          <Subscribers page={page} />
          {holds(session, "status_page.write") && (
            <Popconfirm
              title={t("statusPage.retireSure")}
              okText={t("statusPage.retire")}
              cancelText={t("kit.cancel")}
              onConfirm={() => retire.mutate()}
            >
              <Button loading={retire.isPending}>{t("statusPage.retire")}</Button>
            </Popconfirm>
          )}
        </div>
      </div>
      {editing && <PageEditor page={page} close={() => setEditing(false)} />}
      {posting && <PostForm page={page} incident={null} close={() => setPosting(false)} />}
    </div>
  );
}

/** The link for those without an account. It is shown once, for only its digest is kept. */
function SecretLink({ page }: { page: StatusPage }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const problem = useProblemText();
  const fresh = () => void queries.invalidateQueries({ queryKey: ["status-page", "all"] });
  const make = useMutation({
    mutationFn: () => statusPageActs.makeLink(page.name),
    onSuccess: fresh,
    onError: (error) => message.error(problem(error)),
  });
  const revoke = useMutation({
    mutationFn: () => statusPageActs.revokeLink(page.name),
    onSuccess: () => {
      make.reset();
      fresh();
    },
    onError: (error) => message.error(problem(error)),
  });
  return (
    <Panel title={t("statusPage.link.title")}>
      <p className="muted">{t(page.has_link ? "statusPage.link.there" : "statusPage.link.none")}</p>
      {make.data && (
        <div className="stack" style={{ gap: 6, margin: "8px 0" }}>
          <Input readOnly value={make.data.url} aria-label={t("statusPage.link.title")} />
          <div className="row">
            <CopyButton text={make.data.url} />
            <span className="faint">{t("statusPage.link.once")}</span>
          </div>
        </div>
      )}
      <div className="row-wrap" style={{ marginTop: 8 }}>
        <Button size="small" loading={make.isPending} onClick={() => make.mutate()}>
          {t(page.has_link ? "statusPage.link.again" : "statusPage.link.make")}
        </Button>
        {page.has_link && (
          <Button size="small" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t("statusPage.link.revoke")}
          </Button>
        )}
      </div>
    </Panel>
  );
}
