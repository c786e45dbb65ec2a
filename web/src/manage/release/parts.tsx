// The parts of a release that there may be several of: what was built, and the stages of its roll-out.
import { Button, DatePicker, Input, InputNumber } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useText } from "@/i18n";
import { type ArtefactDraft, newArtefact, newStage, type StageDraft } from "./draft";

const PICKER = { showTime: { format: "HH:mm" }, format: "YYYY-MM-DD HH:mm", style: { width: "100%" } } as const;

export function Artefacts({
  version,
  parts,
  set,
}: {
  version: string;
  parts: ArtefactDraft[];
  set: (parts: ArtefactDraft[]) => void;
}) {
  const { t } = useText();
  const put = (key: number, part: Partial<ArtefactDraft>) =>
    set(parts.map((each) => (each.key === key ? { ...each, ...part } : each)));
  return (
    <Group label={t("release.artefacts")} add={t("release.artefactAdd")} onAdd={() => set([...parts, newArtefact("")])}>
      {parts.map((part, place) => (
        <Part key={part.key} remove={() => set(parts.filter((each) => each.key !== part.key))}>
          {(["name", "version", "digest", "place"] as const).map((field) => (
            <Text
              key={field}
              label={t("release.partOf", { field: t(`release.artefact.${field}`), n: place + 1 })}
              placeholder={field === "version" ? version || "4.2.0" : t(`release.artefactExample.${field}`)}
              value={part[field]}
              set={(text) => put(part.key, { [field]: text })}
            />
          ))}
        </Part>
      ))}
    </Group>
  );
}

export function Stages({ stages, set }: { stages: StageDraft[]; set: (stages: StageDraft[]) => void }) {
  const { t } = useText();
  const id = useId();
  const put = (key: number, part: Partial<StageDraft>) =>
    set(stages.map((each) => (each.key === key ? { ...each, ...part } : each)));
  return (
    <Group label={t("release.stages")} add={t("release.stageAdd")} onAdd={() => set([...stages, newStage()])}>
      {stages.map((stage, place) => {
        const label = (field: string) => t("release.partOf", { field: t(`release.stageField.${field}`), n: place + 1 });
        return (
          <Part key={stage.key} remove={() => set(stages.filter((each) => each.key !== stage.key))}>
            {(["name", "target", "gate"] as const).map((field) => (
              <Text
                key={field}
                label={label(field)}
                placeholder={t(`release.stageExample.${field}`)}
                value={stage[field]}
                set={(text) => put(stage.key, { [field]: text })}
              />
            ))}
            <div className="field">
              <label htmlFor={`${id}-${stage.key}-watch`}>{label("watch")}</label>
              <InputNumber
                id={`${id}-${stage.key}-watch`}
                min={0}
                max={20_160}
                value={stage.watch}
                onChange={(watch) => put(stage.key, { watch: watch ?? 0 })}
              />
            </div>
            {(["from", "to"] as const).map((end) => (
              <div className="field grow" key={end}>
                <label htmlFor={`${id}-${stage.key}-${end}`}>{label(end)}</label>
                <DatePicker
                  {...PICKER}
                  id={`${id}-${stage.key}-${end}`}
                  value={stage[end]}
                  onChange={(at) => put(stage.key, { [end]: at })}
                />
              </div>
            ))}
          </Part>
        );
      })}
    </Group>
  );
}

function Group({
  label,
  add,
  onAdd,
  children,
}: {
  label: string;
  add: string;
  onAdd: () => void;
  children: ReactNode;
}) {
  return (
    <fieldset className="field release-group">
      <legend className="label">{label}</legend>
      <div className="stack">{children}</div>
      <Button size="small" icon={<Plus size={14} />} onClick={onAdd}>
        {add}
      </Button>
    </fieldset>
  );
}

function Part({ remove, children }: { remove: () => void; children: ReactNode }) {
  const { t } = useText();
  return (
    <div className="row-wrap release-part">
      {children}
      <Button
        size="small"
        type="text"
        icon={<Trash2 size={14} />}
        aria-label={t("release.partRemove")}
        onClick={remove}
      />
    </div>
  );
}

function Text({
  label,
  placeholder,
  value,
  set,
}: {
  label: string;
  placeholder: string;
  value: string;
  set: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="field grow">
      <label htmlFor={id}>{label}</label>
      <Input id={id} value={value} placeholder={placeholder} onChange={(event) => set(event.target.value)} />
    </div>
  );
}
