// The texts of one language: a browser fetches those that are read. Texts that only pages of their own need come with them.
export default import.meta.glob<Record<string, unknown>>(
  [
    "../**/zh.json",
    "!../observe/{dashboard,heartbeat,metric,own,probe,rule,slo,target}/zh.json",
    "!../manage/{call,portal,release,survey,voice}/zh.json",
    "!../analyze/{noise,report}/zh.json",
    "!../shell/settings/zh.json",
  ],
  { eager: true, import: "default" },
);
