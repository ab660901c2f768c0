/** What a sealed page may still do: run what it has loaded. */
const sealed = "default-src 'none'; script-src 'wasm-unsafe-eval'; form-action 'none'; base-uri 'none'";

/**
 * Tells the browser to refuse every further request of the page, to its own server too. To be called when the model and the runtime
 * are loaded: no code in the page can then send away what is opened in it, short of leaving the page for another address. It holds
 * until the page is loaded anew.
 */
export function sealPage(): void {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = sealed;
  document.head.append(policy);
}
