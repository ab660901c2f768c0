export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function storedTheme(): Theme {
  const stored = localStorage.getItem("theme") as Theme | null;
  return stored !== null && themes.includes(stored) ? stored : "system";
}

/** Puts a theme on the page, and keeps it for the next visit. */
export function wearTheme(theme: Theme): void {
  localStorage.setItem("theme", theme);
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = theme;
}
