// One line a check, and the count at the end.
let passed = 0;
let failed = 0;

/** Thrown after a failed step: what comes after it in the story has nothing to stand on. */
export class Stop extends Error {}

/** Runs one step of the story; a failed one is told and ends its telling. */
export async function step(name, body, onFailure = async () => {}) {
  const started = performance.now();
  try {
    const value = await body();
    passed += 1;
    console.log(`ok ${passed + failed} ${name} (${Math.round(performance.now() - started)} ms)`);
    return value;
  } catch (error) {
    failed += 1;
    console.log(`not ok ${passed + failed} ${name}`);
    for (const line of String(error?.stack ?? error).split("\n").slice(0, 24)) console.log(`    ${line}`);
    await onFailure().catch(() => {});
    throw new Stop(name);
  }
}

export function expect(condition, told) {
  if (!condition) throw new Error(typeof told === "function" ? told() : told);
}

/** Prints the last line; whether all went well. */
export function tally() {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}
