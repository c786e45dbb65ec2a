// An item as staff see it: its form, who may ask, who approves, who does what.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import type { CatalogueApprover, CatalogueInside, CatalogueItemDetail } from "@/api/types";
import { nameIn, textOf, useText } from "@/i18n";
import { Answer, PanelBones } from "@/kit/answer";
import { listed } from "@/kit/format";
import { PageHead, Panel } from "@/kit/panel";
import { path } from "@/path";
import { catalogueQueries } from "./api";
import { Facts } from "./facts";

export default function CatalogueItemPage() {
  const { t, language } = useText();
  const { id = "" } = useParams();
  const item = useQuery(catalogueQueries.one(id));
  return (
    <div className="page">
      <Answer of={item} bones={<PanelBones height={220} />}>
        {(found) => (
          <>
            <PageHead
              title={nameIn(language, found.display)}
              crumb={{ to: path.catalogue(), label: t("catalogue.title") }}
              sub={<Facts item={found} />}
            />
            <Panel title={t("catalogue.form")}>
              <Fields item={found} />
            </Panel>
            {found.inside && <Inside inside={found.inside} />}
          </>
        )}
      </Answer>
    </div>
  );
}

function Fields({ item }: { item: CatalogueItemDetail }) {
  const { t, language } = useText();
  return (
    <>
      <p className="pre-line">{nameIn(language, item.description)}</p>
      <ul>
        {item.form.map((field) => (
          <li key={field.key}>
            <b>{nameIn(language, field.label)}</b> · {t(`catalogue.type.${field.type}`)}
            {!field.required && ` · ${t("catalogue.optional")}`}
            {field.shown_when && (
              <span className="faint">
                {" "}
                · {t("catalogue.shownWhen", { field: field.shown_when.field, is: field.shown_when.is.join(", ") })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Inside({ inside }: { inside: CatalogueInside }) {
  const { t, language } = useText();
  const name = (id: string) => nameIn(language, inside.names[id]) || id;
  const who = (by: CatalogueApprover) => {
    if (typeof by === "string") return t(`catalogue.approver.${by}`);
    if ("person" in by) return name(by.person);
    return t("catalogue.approver.team", { n: by.team.quorum, team: name(by.team.team) });
  };
  const organisations = listed(
    inside.organisations.map((each) => nameIn(language, each.display)),
    language,
  );
  const roles = listed(
    inside.roles.map((role) => textOf(t, "shell.role", role)),
    language,
  );
  return (
    <>
      <Panel title={t("catalogue.entitled")}>
        <p>{roles ? `${organisations} · ${roles}` : organisations}</p>
      </Panel>
      <Panel title={t("catalogue.approvals")}>
        {inside.approvals.length === 0 ? (
          <p className="muted">{t("catalogue.noApproval")}</p>
        ) : (
          <ol>
            {inside.approvals.map((step) => (
              <li key={JSON.stringify(step)}>
                {who(step.by)}
                {step.only_when && <span className="muted"> · {t("catalogue.onlyWhen")}</span>}
                {step.time_out && (
                  <span className="muted">
                    {" · "}
                    {t("catalogue.timeOut", {
                      hours: step.time_out.hours,
                      next: [...step.time_out.escalate_to.map(who), t("catalogue.rejected")].join(" → "),
                    })}
                  </span>
                )}
              </li>
            ))}
          </ol>
        )}
      </Panel>
      <Panel title={t("catalogue.work")}>
        <ol>
          {inside.stages.map((stage) => (
            <li key={JSON.stringify(stage)}>
              {stage.tasks.map((task) => (
                <p key={task.title.zh}>
                  {nameIn(language, task.title)} · <span className="muted">{name(task.team)}</span>
                  {task.automated && <code className="faint"> {task.automated.url}</code>}
                </p>
              ))}
            </li>
          ))}
        </ol>
      </Panel>
    </>
  );
}
