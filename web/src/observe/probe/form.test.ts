import { describe, expect, it } from "vitest";
import en from "./en.json";
import { definitionOf, EMPTY_STEP, emptyDraft, FAMILIES, fieldsOf, missing } from "./form";
import zh from "./zh.json";

const of = (kind: string, values: Record<string, string | boolean>) =>
  definitionOf({ ...emptyDraft("shop"), name: " p ", kind, values });

describe("a probe's form", () => {
  it("writes only what is filled in", () => {
    expect(of("http", { url: " https://shop.example ", method: "GET", body_contains: "", min_days: "14" })).toEqual({
      name: "p",
      service: "shop",
      http: { url: "https://shop.example", min_days: 14 },
      interval_secs: 30,
    });
  });

  it("knows mail as a conversation over TCP that begins TLS once", () => {
    expect(of("smtp", { address: "m:25", starttls: true, tls: true, min_days: "7" })).toMatchObject({
      tcp: { address: "m:25", protocol: "smtp", starttls: { min_days: 7 } },
    });
    expect(of("imap", { address: "m:993", tls: true })).toMatchObject({ tcp: { protocol: "imap", tls: {} } });
    expect(of("ssh", { address: "h:22" })).toMatchObject({ tcp: { address: "h:22", protocol: "ssh" } });
  });

  it("names a password, and its database's terms", () => {
    expect(of("postgres", { address: "db", user: "u", password: "shop-db", tls: true, role: "replica" })).toMatchObject(
      {
        postgres: { address: "db", user: "u", password: "shop-db", tls: {}, role: "replica" },
      },
    );
  });

  it("writes a journey's steps with what they take", () => {
    const step = {
      ...EMPTY_STEP,
      name: "sign in",
      method: "POST",
      url: "https://shop.example/login",
      headers: "Accept: application/json\nX-Empty",
      body: "{}",
      status: "200, 201",
      captures: [
        { name: "token", from: "json" as const, at: "/token" },
        { name: "", from: "json" as const, at: "" },
      ],
      times: 3,
    };
    const draft = { ...emptyDraft("shop"), name: "walk", kind: "journey", steps: [step] };
    expect(definitionOf(draft).journey).toEqual({
      steps: [
        {
          name: "sign in",
          http: {
            url: "https://shop.example/login",
            method: "POST",
            headers: { Accept: "application/json", "X-Empty": "" },
            body: "{}",
            expect_status: [200, 201],
          },
          capture: { token: { json: "/token" } },
          until: { times: 3 },
        },
      ],
    });
    expect(missing(draft)).toBeNull();
    expect(missing({ ...draft, steps: [step, { ...EMPTY_STEP }] })).toBe("step");
  });

  it("says what is missing, of every kind", () => {
    for (const kind of Object.values(FAMILIES).flatMap(Object.keys)) {
      expect(missing({ ...emptyDraft("shop"), kind }), kind).not.toBeNull();
    }
  });
});

describe("its words", () => {
  it("say of every way of failing what to do", () => {
    for (const words of [zh, en]) {
      const failures = Object.keys(words.code).filter((code) => code !== "ok");
      expect(Object.keys(words.advice).sort()).toEqual(failures.sort());
    }
  });

  it("name every kind and every field of its form", () => {
    for (const words of [zh, en]) {
      for (const kind of Object.values(FAMILIES).flatMap(Object.keys)) {
        expect(words.kind).toHaveProperty(kind);
        for (const field of fieldsOf(kind)) expect(words.field).toHaveProperty(field.name);
      }
    }
  });
});
