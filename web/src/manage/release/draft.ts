// What is written in the form, and what is sent of it.
import dayjs, { type Dayjs } from "dayjs";
import type { ReleaseBody, ReleaseDetail } from "@/api/types";

export interface ArtefactDraft {
  key: number;
  name: string;
  version: string;
  digest: string;
  place: string;
}
export interface StageDraft {
  key: number;
  name: string;
  target: string;
  gate: string;
  watch: number;
  from: Dayjs | null;
  to: Dayjs | null;
}
export interface Draft {
  title: string;
  name: string;
  services: string[];
  changes: string[];
  problems: string[];
  requests: string[];
  artefacts: ArtefactDraft[];
  stages: StageDraft[];
  rollBack: string;
  evidence: string;
  notesZh: string;
  notesEn: string;
}

let keys = 0;
export const newArtefact = (version: string): ArtefactDraft => {
  keys += 1;
  return { key: keys, name: "", version, digest: "", place: "" };
};
export const newStage = (): StageDraft => {
  keys += 1;
  return { key: keys, name: "", target: "", gate: "", watch: 30, from: null, to: null };
};

/** What the form begins with: what is there, or one empty line of each. */
export function draftOf(release: ReleaseDetail | undefined): Draft {
  return {
    title: release?.title ?? "",
    name: release?.name ?? "",
    services: release?.services.map((each) => each.id) ?? [],
    changes: release?.changes.map((each) => each.id) ?? [],
    problems: release?.problems.map((each) => each.id) ?? [],
    requests: release?.requests.map((each) => each.id) ?? [],
    artefacts: release?.artefacts.map((each) => ({ ...newArtefact(""), ...each })) ?? [newArtefact("")],
    stages: release?.stages.map((each) => ({
      ...newStage(),
      name: each.name ?? "",
      target: each.target ?? "",
      gate: each.gate ?? "",
      watch: each.watch_mins,
      from: each.from ? dayjs(each.from) : null,
      to: each.to ? dayjs(each.to) : null,
    })) ?? [newStage()],
    rollBack: release?.roll_back ?? "",
    evidence: release?.evidence ?? "",
    notesZh: release?.notes_zh ?? "",
    notesEn: release?.notes_en ?? "",
  };
}

const said = (text: string) => text.trim() || null;
const blank = (stage: StageDraft) =>
  ![stage.name, stage.target, stage.gate].some((text) => text.trim()) && !stage.from && !stage.to;
const untouched = (part: ArtefactDraft) => ![part.name, part.digest, part.place].some((text) => text.trim());

/** What is sent: lines in which nothing was written are left out. */
export function bodyOf(draft: Draft): ReleaseBody {
  return {
    title: draft.title.trim(),
    name: draft.name.trim(),
    services: draft.services,
    changes: draft.changes,
    problems: draft.problems,
    requests: draft.requests,
    artefacts: draft.artefacts
      .filter((part) => !untouched(part))
      .map(({ name, version, digest, place }) => ({
        name: name.trim(),
        version: version.trim() || draft.name.trim(),
        digest: digest.trim(),
        place: place.trim(),
      })),
    stages: draft.stages
      .filter((stage) => !blank(stage))
      .map((stage) => ({
        name: stage.name.trim(),
        target: said(stage.target),
        gate: said(stage.gate),
        watch_mins: stage.watch,
        from: stage.from?.toISOString() ?? null,
        to: stage.to?.toISOString() ?? null,
      })),
    roll_back: said(draft.rollBack),
    evidence: said(draft.evidence),
    notes_zh: said(draft.notesZh),
    notes_en: said(draft.notesEn),
  };
}
