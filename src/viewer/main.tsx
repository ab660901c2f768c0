/* oxlint-disable-next-line import/no-unassigned-import -- the bundler takes the style from here */
import "./page/viewer.css";
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
