import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { GROUPS } from "./groups";

describe("Evenkeel itself", () => {
  it("shows everything that the server looks at, once", () => {
    const document = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, "../../../../docs/api/openapi.json"), "utf8"),
    );
    const schema = document.components.schemas.OwnSubject;
    const words: string[] = schema.enum ?? schema.oneOf.flatMap((each: { enum: string[] }) => each.enum);
    expect(Object.values(GROUPS).flat().sort()).toEqual([...words].sort());
  });
});
