// Where one's request stands, what comes next and when to expect it; accept it, say how it was.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popconfirm, Rate } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import type { RequestDetail } from "@/api/types";
import { nameIn, useText } from "@/i18n";
import { Answer, FailureNote, PanelBones } from "@/kit/answer";
import { span } from "@/kit/format";
import { Panel } from "@/kit/panel";
import { path } from "@/path";
import { Grievances } from "../complaint/hear";
import { useAct } from "../request/act";
import { requestActs, requestQueries } from "../request/api";
import { Conversation } from "../request/conversation";
import { Expected } from "../request/expected";
import { Next } from "../request/next";
import { Answers, Approvals, RatingShown, Work } from "../request/parts";
import { RequestState } from "../request/state";
import { requestNumber } from "../request/words";
import { Decide } from "./decide";
import { PortalPage } from "./page";

export default function PortalRequest() {
  const { t, language } = useText();
  const { id = "" } = useParams();
  const request = useQuery(requestQueries.one(id));
  const found = request.data;
  return (
    <PortalPage
      title={found ? `${requestNumber(found.number)} ${nameIn(language, found.item)}` : "…"}
      crumb={{ to: path.portalRequests(), label: t("portal.mine") }}
    >
      <Answer of={request} bones={<PanelBones height={260} />}>
        {(of) => (
          <>
            <Stands of={of} />
            <Decide of={of} />
            {of.allowed.includes("rate") && <RateIt id={of.id} />}
            <RatingShown of={of} />
            <Answers of={of} />
            <Approvals of={of} />
            <Work of={of} />
            {of.state !== "draft" && <Conversation of={of} />}
            {of.state !== "draft" && <Grievances kind="request" id={of.id} own />}
          </>
        )}
      </Answer>
    </PortalPage>
  );
}

function Stands({ of }: { of: RequestDetail }) {
  const { t, language } = useText();
  const accept = useAct(requestActs.accept);
  const withdraw = useAct(requestActs.withdraw);
  const failed = accept.error ?? withdraw.error;
  return (
    <Panel>
      {failed && <FailureNote error={failed} />}
      <p>
        <RequestState of={of} />
      </p>
      {of.next && (
        <p className="lead">
          <Next of={of} />
        </p>
      )}
      {of.due_at ? (
        <p>
          {t("portal.expect")} <Expected of={of} />
        </p>
      ) : (
        of.expected_secs !== null &&
        of.approved_at === null &&
        of.next && <p className="muted">{t("catalogue.expected", { span: span(of.expected_secs, language) })}</p>
      )}
      <div className="row-wrap">
        {of.allowed.includes("submit") && (
          <Link to={`${path.portalItem(of.item_id)}?draft=${of.id}`}>{t("portal.goOn")}</Link>
        )}
        {of.allowed.includes("accept") && (
          <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate([of.id])}>
            {t("portal.accept")}
          </Button>
        )}
        {of.allowed.includes("withdraw") && (
          <Popconfirm
            title={t("portal.withdrawSure")}
            okText={t("portal.withdraw")}
            cancelText={t("kit.cancel")}
            onConfirm={() => withdraw.mutate([of.id])}
          >
            <Button>{t("portal.withdraw")}</Button>
          </Popconfirm>
        )}
      </div>
    </Panel>
  );
}

function RateIt({ id }: { id: string }) {
  const { t } = useText();
  // Nothing is chosen for anybody.
  const [stars, setStars] = useState(0);
  const [text, setText] = useState("");
  const rate = useAct(requestActs.rate);
  return (
    <Panel title={t("portal.rate")}>
      {rate.isError && <FailureNote error={rate.error} />}
      <div className="form">
        <Rate value={stars} onChange={setStars} aria-label={t("portal.rate")} />
        <Input.TextArea
          aria-label={t("portal.rateText")}
          placeholder={t("portal.rateText")}
          autoSize={{ minRows: 2 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button
            type="primary"
            disabled={stars === 0}
            loading={rate.isPending}
            onClick={() => rate.mutate([id, stars, text.trim()])}
          >
            {t("portal.sendRating")}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
