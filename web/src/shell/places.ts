// The console's places, once: the rail, the bottom bar and the palette are made from this.
import {
  Activity,
  BellOff,
  BellRing,
  BookOpenText,
  Bug,
  ChartSpline,
  Crosshair,
  Ear,
  Fish,
  Gauge,
  HeartPulse,
  House,
  Inbox,
  Layers,
  LayoutDashboard,
  LayoutGrid,
  Library,
  LifeBuoy,
  ListChecks,
  ListTodo,
  type LucideIcon,
  Mail,
  Megaphone,
  MessageCircleWarning,
  MonitorDot,
  PhoneCall,
  Replace,
  Rocket,
  Settings2,
  Ship,
  ShoppingBag,
  Siren,
  Smile,
  Volume2,
} from "lucide-react";
import { path } from "@/path";
import type { Permission } from "./session";

export interface Place {
  key: string;
  to: string;
  icon: LucideIcon;
  /** In the bottom bar of a phone. */
  thumb: boolean;
  /** Not shown to those who may not look. */
  needs?: Permission;
  /** Not shown to those who have a better place for the same. */
  unless?: Permission;
}
export interface Hall {
  key: "observe" | "manage" | "analyze";
  glyph: string;
  places: Place[];
}

export const HOME: Place = { key: "home", to: path.home(), icon: House, thumb: true };
/** The boards, for those whose home is the portal. */
const BOARDS: Place = {
  key: "boards",
  to: path.boards(),
  icon: Gauge,
  thumb: false,
  needs: "figure.read",
  unless: "request.write",
};
export const SETTINGS: Place = { key: "settings", to: path.settings(""), icon: Settings2, thumb: false };
export const HALLS: Hall[] = [
  {
    key: "observe",
    glyph: "监",
    places: [
      { key: "probes", to: path.probes(), icon: Activity, thumb: false, needs: "probe.read" },
      { key: "heartbeats", to: path.heartbeats(), icon: HeartPulse, thumb: false, needs: "probe.read" },
      { key: "metrics", to: path.explorer(), icon: ChartSpline, thumb: false, needs: "metric.read" },
      { key: "dashboards", to: path.dashboards(), icon: LayoutDashboard, thumb: false, needs: "dashboard.read" },
      { key: "targets", to: path.targets(), icon: Crosshair, thumb: false, needs: "metric.read" },
      { key: "rules", to: path.rules(), icon: BellRing, thumb: false, needs: "metric.read" },
      { key: "slos", to: path.slos(), icon: Gauge, thumb: false, needs: "service.read" },
      { key: "cardinality", to: path.cardinality(), icon: Layers, thumb: false, needs: "metric.read" },
      { key: "host", to: path.host(), icon: MonitorDot, thumb: false, needs: "host.read" },
      { key: "own", to: path.own(), icon: LifeBuoy, thumb: false, needs: "health.read" },
      { key: "onCall", to: path.onCall(), icon: PhoneCall, thumb: true, needs: "on_call.read" },
    ],
  },
  {
    key: "manage",
    glyph: "管",
    places: [
      { key: "desk", to: path.desk(), icon: ListChecks, thumb: false, needs: "incident.write" },
      { key: "incidents", to: path.incidents(), icon: Siren, thumb: true, needs: "incident.read" },
      { key: "problems", to: path.problems(), icon: Bug, thumb: false, needs: "problem.read" },
      { key: "reviews", to: path.reviews(), icon: Fish, thumb: false, needs: "review.read" },
      { key: "followUps", to: path.followUps(), icon: ListTodo, thumb: false, needs: "follow_up.read" },
      { key: "articles", to: path.articles(), icon: Library, thumb: false, needs: "problem.read" },
      { key: "changes", to: path.changes(), icon: Replace, thumb: false, needs: "change.read" },
      { key: "releases", to: path.releases(), icon: Rocket, thumb: false, needs: "release.read" },
      { key: "portal", to: path.portal(), icon: ShoppingBag, thumb: true, needs: "request.open" },
      { key: "requests", to: path.requests(), icon: Inbox, thumb: false, needs: "request.work" },
      { key: "catalogue", to: path.catalogue(), icon: LayoutGrid, thumb: false, needs: "request.write" },
      { key: "complaints", to: path.complaints(), icon: MessageCircleWarning, thumb: false, needs: "complaint.write" },
      { key: "voice", to: path.voice(), icon: Ear, thumb: false, needs: "voice.read" },
      { key: "surveys", to: path.surveys(), icon: Smile, thumb: false, needs: "survey.read" },
      { key: "mail", to: path.mail(), icon: Mail, thumb: false, needs: "mail.read" },
      { key: "suppressions", to: path.suppressions(), icon: BellOff, thumb: false, needs: "alert.read" },
      { key: "services", to: path.services(), icon: Ship, thumb: false, needs: "service.read" },
      { key: "statusPages", to: path.statusPages(), icon: Megaphone, thumb: false, needs: "status_page.read" },
    ],
  },
  {
    key: "analyze",
    glyph: "析",
    places: [
      BOARDS,
      { key: "reports", to: path.reports(), icon: BookOpenText, thumb: false, needs: "report.read" },
      { key: "noise", to: path.noise(), icon: Volume2, thumb: false, needs: "noise.read" },
    ],
  },
];
export const PLACES: Place[] = [HOME, ...HALLS.flatMap((hall) => hall.places), SETTINGS];
