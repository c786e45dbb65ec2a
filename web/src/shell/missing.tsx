import { Link } from "react-router";
import { useText } from "@/i18n";
import { Empty } from "@/kit/answer";
import { path } from "@/path";

export function Missing() {
  const { t } = useText();
  return (
    <div className="page">
      <div className="panel">
        <Empty
          title={t("shell.missing.title")}
          text={t("shell.missing.text")}
          action={<Link to={path.home()}>{t("shell.missing.home")}</Link>}
        />
      </div>
    </div>
  );
}
