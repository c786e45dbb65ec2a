// What a person would not see but a browser tells: errors in the console, and controls without a name.

/** Whoever is signed out learns it by asking: the one refusal that is no fault. */
const askedWhoIAm = (url, status) => status === 401 && new URL(url).pathname === "/api/v1/session";

/** Collects what goes wrong in a page from now on. */
export function troubles(page) {
  const found = [];
  page.on("console", (message) => {
    const { url } = message.location();
    // What could not be loaded is told by its answer, below.
    if (message.text().startsWith("Failed to load resource")) return;
    if (message.type() === "error" || message.type() === "warning") found.push(`console ${message.type()}: ${message.text()} (${url})`);
  });
  page.on("pageerror", (error) => found.push(`unhandled: ${error.stack ?? error}`));
  // Leaving a page ends its requests; anything else that got no answer is a fault.
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (!/ERR_ABORTED/.test(why)) found.push(`${why} ${request.method()} ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !askedWhoIAm(response.url(), response.status())) found.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return found;
}

const NAMED = "button|link|textbox|searchbox|combobox|checkbox|radio|switch|tab|menuitem|slider|dialog|img";
const NAMELESS = new RegExp(`^\\s*- (?:${NAMED})(?= \\[|:|$)`);

/** Faults of a page that assistive technology would stumble over. */
export async function stumbles(page) {
  const tree = (await page.locator("body").ariaSnapshot()).split("\n");
  const nameless = tree.map((line, at) => (NAMELESS.test(line) ? `no name: ${tree.slice(Math.max(0, at - 1), at + 3).join(" / ").trim()}` : null));
  const structural = await page.evaluate(() => {
    const faults = [];
    if (!document.documentElement.lang) faults.push("the document has no language");
    if (!document.title.trim()) faults.push("the document has no title");
    const heads = document.querySelectorAll("h1").length;
    if (heads !== 1) faults.push(`${heads} first-level headings`);
    const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`the id ${id} stands twice`);
    for (const inner of document.querySelectorAll("button button, a a, button a, a button")) faults.push(`a control inside another: ${inner.outerHTML.slice(0, 80)}`);
    if (document.documentElement.scrollWidth > window.innerWidth + 1)
      faults.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${window.innerWidth} px`);
    return faults;
  });
  return [...nameless.filter(Boolean), ...structural];
}
