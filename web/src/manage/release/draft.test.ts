import dayjs from "dayjs";
import { expect, it } from "vitest";
import { bodyOf, draftOf, newArtefact, newStage } from "./draft";

it("sends no line in which nothing was written, and an artefact has the release's version unless it says another", () => {
  const draft = {
    ...draftOf(undefined),
    title: " The shop ",
    name: "4.2.0",
    artefacts: [newArtefact(""), { ...newArtefact(""), name: "shop", digest: "sha256:0a", place: "oci://shop" }],
    stages: [
      newStage(),
      { ...newStage(), name: "canary", from: dayjs("2026-03-02T02:00:00Z"), to: dayjs("2026-03-02T03:00:00Z") },
    ],
    rollBack: "  ",
  };
  const body = bodyOf(draft);
  expect(body.title).toBe("The shop");
  expect(body.artefacts).toEqual([{ name: "shop", version: "4.2.0", digest: "sha256:0a", place: "oci://shop" }]);
  expect(body.stages).toEqual([
    {
      name: "canary",
      target: null,
      gate: null,
      watch_mins: 30,
      from: "2026-03-02T02:00:00.000Z",
      to: "2026-03-02T03:00:00.000Z",
    },
  ]);
  expect(body.roll_back).toBeNull();
});
