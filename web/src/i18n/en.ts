// The texts of one language: a browser fetches those that are read. Texts that only pages of their own need come with them.
export default import.meta.glob<Record<string, unknown>>(
  [
    "../**/en.json",
    "!../observe/{dashboard,heartbeat,metric,own,probe,rule,slo,target}/en.json",
    "!../manage/{call,portal,release,survey,voice}/en.json",
    "!../analyze/{noise,report}/en.json",
    "!../shell/settings/en.json",
  ],
  { eager: true, import: "default" },
);
