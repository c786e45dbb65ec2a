export { PortalGrievance as default } from "./grievance";
