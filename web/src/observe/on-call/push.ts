// This browser as a way to be reached: the service worker, the leave to show notifications, the subscription at the push
// service of the browser's vendor.

const WORKER = "/service-worker.js";

/** `unsupported`: no push here, or the page is not served over HTTPS. `denied`: the person, or whoever runs the machine, said no. */
export type Standing = "unsupported" | "denied" | "off" | "on";

export interface Here {
  standing: Standing;
  /** SHA-256 of the subscription's endpoint, as the server shows it of a way; null when there is none. */
  digest: string | null;
}

const supported = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function digestOf(found: PushSubscription): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(found.endpoint));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** How it stands with this browser. */
export async function here(): Promise<Here> {
  if (!supported()) return { standing: "unsupported", digest: null };
  if (Notification.permission === "denied") return { standing: "denied", digest: null };
  const found = await subscription();
  return found ? { standing: "on", digest: await digestOf(found) } : { standing: "off", digest: null };
}

/** Asks for leave and subscribes; null when the person says no. Must be called from a click, or browsers do not ask. */
export async function subscribe(publicKey: string): Promise<{ endpoint: string; p256dh: string; auth: string } | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  // One of another key would be refused; a new one has a new address.
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint = "", keys = {} } = made.toJSON();
  return { endpoint, p256dh: keys.p256dh ?? "", auth: keys.auth ?? "" };
}

/** Ends this browser's subscription unless it is one of these ways. */
export async function endUnlessAmong(digests: (string | null)[]): Promise<void> {
  const found = supported() ? await subscription() : null;
  if (found && !digests.includes(await digestOf(found))) await found.unsubscribe();
}
