// Where one begins: who asks for things and does not serve others begins in the portal, everybody else at the boards.
import { Navigate } from "react-router";
import HomePage from "@/analyze/home/home";
import { path } from "@/path";
import { holds, useSession } from "./session";

export default function Landing() {
  const session = useSession();
  const asks = holds(session, "request.open") && !holds(session, "request.write");
  return asks ? <Navigate to={path.portal()} replace /> : <HomePage />;
}
