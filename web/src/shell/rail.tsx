import { Popover } from "antd";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Link, NavLink } from "react-router";
import { useText } from "@/i18n";
import { path } from "@/path";
import { Wordmark } from "./logo";
import { HALLS, HOME, PLACES, type Place, SETTINGS } from "./places";
import { holds, useSession } from "./session";

function Item({ place }: { place: Place }) {
  const { t } = useText();
  const Icon = place.icon;
  return (
    <NavLink to={place.to} end={place.to === "/"} className="rail-item">
      <Icon size={16} strokeWidth={1.9} aria-hidden />
      <span>{t(`shell.place.${place.key}`)}</span>
    </NavLink>
  );
}

/** Whether this person may look there. */
export function useVisible(): (place: Place) => boolean {
  const session = useSession();
  return (place) => (!place.needs || holds(session, place.needs)) && !(place.unless && holds(session, place.unless));
}

export function Rail() {
  const { t } = useText();
  const visible = useVisible();
  return (
    <nav className="rail wide-only" aria-label={t("shell.navigation")}>
      <Link to={path.home()} className="rail-brand">
        <Wordmark />
      </Link>
      <div className="rail-items">
        <Item place={HOME} />
        {HALLS.filter((hall) => hall.places.some(visible)).map((hall) => (
          <div key={hall.key} className="rail-hall">
            <div className="rail-hall-name">
              <b lang="zh-CN" aria-hidden="true">
                {hall.glyph}
              </b>
              {t(`shell.hall.${hall.key}`)}
            </div>
            {hall.places.filter(visible).map((place) => (
              <Item key={place.key} place={place} />
            ))}
          </div>
        ))}
      </div>
      <div className="rail-foot">
        <Item place={SETTINGS} />
      </div>
    </nav>
  );
}

/** The rail as a thumb reaches it. */
export function BottomBar() {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const visible = useVisible();
  const others = PLACES.filter((place) => !place.thumb && visible(place));
  return (
    <nav className="bottom-bar narrow-only" aria-label={t("shell.navigation")}>
      {PLACES.filter((place) => place.thumb && visible(place)).map((place) => {
        const Icon = place.icon;
        return (
          <NavLink key={place.key} to={place.to} end={place.to === "/"}>
            <Icon size={20} strokeWidth={1.8} aria-hidden />
            <span>{t(`shell.place.${place.key}`)}</span>
          </NavLink>
        );
      })}
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="topRight"
        content={
          <div className="more-list">
            {others.map((place) => {
              const Icon = place.icon;
              return (
                <Link key={place.key} to={place.to} onClick={() => setOpen(false)}>
                  <Icon size={17} aria-hidden />
                  {t(`shell.place.${place.key}`)}
                </Link>
              );
            })}
          </div>
        }
      >
        <button type="button">
          <Ellipsis size={20} aria-hidden />
          <span>{t("shell.more")}</span>
        </button>
      </Popover>
    </nav>
  );
}
