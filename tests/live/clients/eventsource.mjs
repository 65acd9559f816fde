// An EventSource keeps the id of the last event by itself and sends it as `Last-Event-ID`. The browser's own sends no
// headers; this one, of the same behaviour, takes a `fetch` that adds them.
import { EventSource } from "eventsource";
import { fail, key, query, tell, took, url, variables } from "./shared.mjs";

const address = new URL(url);
address.search = new URLSearchParams({ query, variables: JSON.stringify(variables) });

const source = new EventSource(address, {
  fetch: (input, init) =>
    fetch(input, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${key}`, "graphql-require-preflight": "1" },
    }),
});
source.addEventListener("open", () => tell({ connected: true }));
source.addEventListener("next", (message) => took(JSON.parse(message.data)));
source.addEventListener("complete", () => fail("The stream ended."));
source.addEventListener("error", (error) => {
  if (source.readyState === EventSource.CLOSED) fail(error.message);
});
