import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useText } from "@/i18n";

export function Panel({
  title,
  hint,
  actions,
  flush = false,
  children,
  id,
  className = "",
}: {
  title?: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
  id?: string;
  className?: string;
}) {
  return (
    <section id={id} className={`panel${flush ? " flush" : ""} ${className}`}>
      {(title || actions) && (
        <div className="panel-head">
          <div className="row" style={{ alignItems: "baseline" }}>
            {title && <h2>{title}</h2>}
            {hint && <span className="hint">{hint}</span>}
          </div>
          {actions}
        </div>
      )}
      <div className="panel-body" style={title || actions || flush ? undefined : { paddingTop: 16 }}>
        {children}
      </div>
    </section>
  );
}

export function PageHead({
  title,
  sub,
  crumb,
  actions,
}: {
  title: ReactNode;
  sub?: ReactNode;
  crumb?: { to: string; label: string };
  actions?: ReactNode;
}) {
  const { t } = useText();
  return (
    <header className="page-head">
      <div style={{ minWidth: 0 }}>
        {crumb && (
          <nav className="crumb" aria-label={t("kit.crumbs")}>
            <Link to={crumb.to} className="row" style={{ gap: 2 }}>
              <ChevronLeft size={14} aria-hidden />
              {crumb.label}
            </Link>
          </nav>
        )}
        <h1>{title}</h1>
        {sub && <div className={typeof sub === "string" ? "sub wide-only" : "sub"}>{sub}</div>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  );
}
