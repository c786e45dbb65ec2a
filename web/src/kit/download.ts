/** Hands a text to the browser as a file. */
export function download(name: string, type: string, text: string) {
  // The mark tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob([type.startsWith("text/csv") ? "\ufeff" : "", text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
