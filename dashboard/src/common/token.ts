/** The credential of this browser tab: it arrives in the URL fragment or by hand and lives in sessionStorage only. */

const KEY = "huiyuan.token";

/** Take `#token=…` out of the address bar, if it is there, and return the tab's token. */
export function takeToken(): string | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const arrived = fragment.get("token");
  if (arrived !== null) {
    fragment.delete("token");
    const rest = fragment.toString();
    history.replaceState(null, "", location.pathname + location.search + (rest === "" ? "" : `#${rest}`));
    keepToken(arrived);
  }
  return sessionStorage.getItem(KEY);
}

/** Keep a token for this tab; "Bearer " in front of it, white space around it and an empty text are forgiven. */
export function keepToken(token: string): void {
  const bare = token.trim().replace(/^bearer\s+/i, "");
  if (bare === "") forgetToken();
  else sessionStorage.setItem(KEY, bare);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

/** The API's WebSocket address, on the host that served this page. */
export function socketAddress(): string {
  const url = new URL("/graphql", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
