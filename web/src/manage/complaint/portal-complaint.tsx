export { PortalComplaint as default } from "./portal";
