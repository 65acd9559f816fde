// graphql-ws sends `variables` anew each time it reconnects, so the place kept in them is where it resumes.
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { fail, key, pause, query, tell, took, url, variables } from "./shared.mjs";

const client = createClient({
  url: url.replace(/^http/, "ws"),
  webSocketImpl: WebSocket, // not needed in browsers, and from Node 22 on
  connectionParams: { authorization: `Bearer ${key}` },
  shouldRetry: () => true,
  retryAttempts: Infinity,
  retryWait: pause,
  on: { connected: () => tell({ connected: true }) },
});

client.subscribe(
  { query, variables },
  {
    next: (result) => {
      variables.after = took(result);
    },
    error: fail,
    complete: () => fail("The stream ended."),
  },
);
