import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// While developing (`npm run dev`), /api and /prometheus go to a running server: `make run`, or the one that EVENKEEL_API names.
const api = process.env.EVENKEEL_API ?? "http://127.0.0.1:7180";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 4300, strictPort: true, proxy: { "/api": { target: api }, "/prometheus": { target: api } } },
  build: { target: "es2022", sourcemap: false, assetsInlineLimit: 2048, chunkSizeWarningLimit: 1600 },
});
