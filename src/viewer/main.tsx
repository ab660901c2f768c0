/* oxlint-disable import/no-unassigned-import -- the first asks the server before anything else is evaluated; the bundler takes the style from the second */
import "./shell/hurry.js";
import "./page/viewer.css";
/* oxlint-enable import/no-unassigned-import */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/app.js";
import { storedTheme, wearTheme } from "./shell/theme.js";

wearTheme(storedTheme());
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
