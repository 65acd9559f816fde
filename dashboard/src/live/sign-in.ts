/** The box for a key, shown when the address bar brought none or the server refused it. */

import { element } from "./dom";

export function createSignIn(message: string | null, submit: (token: string) => void): HTMLElement {
  const input = element("input", {
    id: "key",
    type: "password",
    required: true,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "key-help",
  });
  const form = element(
    "form.sign-in",
    { "aria-labelledby": "sign-in-title" },
    element("h2", { id: "sign-in-title" }, "Watch a program live"),
    ...(message === null ? [] : [element("p.notice", { role: "alert" }, message)]),
    element("label", { for: "key" }, "API key or access token"),
    input,
    element("p.help", { id: "key-help" }, "It stays in this browser tab and is forgotten when the tab is closed."),
    element("button.primary", { type: "submit" }, "Connect"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim() !== "") submit(input.value);
  });
  requestAnimationFrame(() => input.focus());
  return form;
}
