// The texts of one language: a browser fetches those that are read.
export default import.meta.glob<Record<string, unknown>>("../**/zh.json", { eager: true, import: "default" });
