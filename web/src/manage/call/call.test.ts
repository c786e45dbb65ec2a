import { expect, it } from "vitest";
import { spoken } from "./spoken";

it("says how long one has spoken", () => {
  expect([0, 5, 65, 3_605].map(spoken)).toEqual(["0:00", "0:05", "1:05", "1:00:05"]);
});
