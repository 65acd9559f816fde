/** The live page: sign in, then watch everything that happens in a program. */

import "./base.css";
import "./feed.css";
import "./panel.css";
import "./coupons.css";

import { forgetToken, keepToken, takeToken } from "../common/token";
import { createAnnouncer } from "./announcer";
import { clockOf } from "./clock";
import { type Connectivity, connect } from "./connection";
import { createCounters } from "./counters";
import { element } from "./dom";
import { createFeed } from "./feed";
import { createMemberPanel } from "./member-panel";
import { followProgram, readProgram } from "./requests";
import { createSignIn } from "./sign-in";
import { createTemplates } from "./templates";

const STATES: Record<Connectivity | "catching-up", string> = {
  connecting: "Connecting…",
  live: "Live",
  "catching-up": "Catching up…",
  reconnecting: "Reconnecting…",
};

let leave = (): void => {};

function start(message: string | null = null): void {
  leave();
  const token = takeToken();
  if (token === null) showSignIn(message);
  else showProgram(token);
}

function showSignIn(message: string | null): void {
  document.title = "Huiyuan · live";
  const form = createSignIn(message, (token) => {
    keepToken(token);
    start();
  });
  document.body.replaceChildren(element("header.top", {}, element("h1", {}, "Huiyuan")), element("main", {}, form));
  leave = () => {};
}

function signOut(message: string | null): void {
  forgetToken();
  start(message);
}

function showProgram(token: string): void {
  const openedAt = new Date().toISOString();
  const title = element("h1", {}, "Huiyuan");
  const subtitle = element("p.help", {}, "Live events");
  const state = element("p.state", { role: "status" });
  const out = element("button.quiet", { type: "button" }, "Sign out");
  const notice = element("p.notice", { role: "alert", hidden: true });
  out.addEventListener("click", () => signOut(null));

  const say = (text: string | null): void => {
    notice.hidden = text === null;
    notice.textContent = text;
  };
  const setState = (next: keyof typeof STATES): void => {
    state.dataset["state"] = next;
    if (state.textContent !== STATES[next]) state.textContent = STATES[next];
  };
  const client = connect(token, {
    state: setState,
    refused: () => signOut("The server did not accept this key. It may be mistyped, expired or revoked."),
  });
  const panel = createMemberPanel(client);
  const counters = createCounters();
  const templates = createTemplates(client);
  const announcer = createAnnouncer();
  const feed = createFeed(clockOf(undefined), panel.open);

  setState("connecting");
  document.body.replaceChildren(
    element("header.top", {}, element("div.titles", {}, title, subtitle), state, out),
    element("main", {}, notice, counters.node, templates.node, element("div.columns", {}, feed.node, panel.node), announcer.node),
  );

  document.onkeydown = ({ key }) => {
    if (key === "Escape") panel.close();
  };

  const follow = (): (() => void) => followProgram(client, {
    batch({ events, caughtUp }) {
      say(null);
      setState(caughtUp ? "live" : "catching-up");
      counters.count(events);
      feed.add(events);
      announcer.hear(events);
    },
    gap: () => feed.note("Some events are missing here: the server no longer keeps what followed the last one."),
    trouble: (text) => say(`${text} Trying again…`),
    denied: (text) => signOut(`This key may not watch the program's events. ${text}`),
  });

  let left = false;
  let stop = (): void => {};
  leave = () => {
    left = true;
    stop();
    templates.close();
    panel.close();
    Promise.resolve(client.dispose()).catch(() => {}); // it fails when the socket was being refused; gone is gone
  };
  // First the program, whose clock the rows need. Without its name the page is still useful, and the events tell
  // whether the key may be used.
  void readProgram(client)
    .then((program) => {
      title.textContent = program.name;
      const clock = clockOf(program.timeZone);
      feed.useClock(clock);
      panel.useClock(clock);
      templates.useCurrency(program.currency);
      subtitle.textContent = `Since ${clock.short(openedAt)} · ${program.timeZone} time`;
      document.title = `${program.name} · live`;
    })
    .catch(() => {})
    .then(() => {
      if (left) return;
      stop = follow();
      void templates.open();
    });
}

addEventListener("hashchange", () => {
  if (location.hash.includes("token=")) start();
});
start();
