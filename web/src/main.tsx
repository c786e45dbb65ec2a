import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { startTexts } from "./i18n";
import "./kit/base.css";
import "./shell/shell.css";

const root = document.getElementById("root");
void startTexts().then(() => {
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
