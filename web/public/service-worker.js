// Shows what the house pushes, also while no tab is open. It has no words of its own: each note brings them in its person's
// language (crates/observe/src/page/push/note.rs says what a note holds).

const HEADERS = { "Content-Type": "application/json", "X-Evenkeel-Request": "1" };

// A new version takes over at once: it keeps nothing that an older one would miss.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const note = event.data?.json();
  if (note) event.waitUntil(arrive(note));
});

self.addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  const note = notification.data;
  // An answer takes the notification's place by its tag; closed before, the two could meet in the wrong order.
  if (note?.answer && action === "answer") return event.waitUntil(answer(note, notification));
  notification.close();
  if (note) event.waitUntil(action === "open" ? look(note) : go((note.answer ?? note.open).path));
});

// The browser changed its address by itself: told at once, while its session lasts. Otherwise the next page finds it gone.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

async function arrive(note) {
  let state = "shown";
  try {
    if (note.number) await takeOut(note.number, note.tag);
    await show(note);
  } catch {
    state = "refused";
  }
  if (note.receipt)
    await fetch(`/api/v1/page-receipts/${note.receipt}`, { method: "POST", body: new URLSearchParams({ state }) });
}

function show(note, { body = text(note), alert = note.alert, buttons = true } = {}) {
  const actions = [];
  if (buttons && note.answer) actions.push({ action: "answer", title: note.answer.label });
  if (buttons) actions.push({ action: "open", title: note.open.label });
  return self.registration.showNotification(note.title, {
    body,
    lang: note.lang,
    tag: note.tag,
    renotify: alert,
    silent: !alert,
    // What has to be answered stays until it is.
    requireInteraction: note.alert,
    icon: "/favicon.svg",
    data: note,
    actions,
  });
}

const text = (note) => [note.body, ...(note.bundle ?? []).map((entry) => entry.line)].join("\n");

/** There is news of an incident that stands in a bundle: it is taken out, and the last one takes the bundle with it. */
async function takeOut(number, tag) {
  for (const shown of await self.registration.getNotifications()) {
    const note = shown.data;
    if (!note || note.tag === tag || !note.bundle?.some((entry) => entry.number === number)) continue;
    const bundle = note.bundle.filter((entry) => entry.number !== number);
    if (bundle.length === 0) shown.close();
    else await show({ ...note, bundle }, { alert: false });
  }
}

/** Answers without opening anything; where that does not work, the page with the button says why. */
async function answer(note, notification) {
  const { api, token, done, path } = note.answer;
  const answered = await fetch(api, { method: "POST", headers: HEADERS, body: JSON.stringify({ token }) }).then(
    (response) => response.ok,
    () => false,
  );
  if (answered) return await show({ ...note, answer: undefined, alert: false }, { body: done });
  notification.close();
  return await go(path);
}

/** Opens it; that it was opened is noted as by the link of a mail. */
async function look(note) {
  const { api, token } = note.answer ?? {};
  if (token) await fetch(`${api}?token=${encodeURIComponent(token)}`).catch(() => {});
  return await go(note.open.path);
}

/** In a tab that is open already, else in a new one. */
async function go(path) {
  const url = new URL(path, self.location.origin).href;
  const tabs = await self.clients.matchAll({ type: "window" });
  const tab = tabs.find((each) => each.url === url) ?? tabs[0];
  if (!tab) return await self.clients.openWindow(url);
  // Only a press may bring a tab to the front; what it shows may change all the same.
  await tab.focus().catch(() => {});
  return tab.url === url ? tab : await tab.navigate(url).catch(() => self.clients.openWindow(url));
}

async function renew(event) {
  const options = event.oldSubscription?.options ?? { userVisibleOnly: true, applicationServerKey: await key() };
  const fresh = event.newSubscription ?? (await self.registration.pushManager.subscribe(options));
  const { endpoint, keys } = fresh.toJSON();
  const body = JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
  await fetch("/api/v1/me/contact/browsers", { method: "POST", headers: HEADERS, body });
}

const key = async () => (await (await fetch("/api/v1/browser-key")).json()).public_key;
