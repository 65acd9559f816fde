// graphql-sse sends `variables` anew each time it reconnects, so the place kept in them is where it resumes.
import { createClient } from "graphql-sse";
import { fail, key, pause, query, tell, took, url, variables } from "./shared.mjs";

const client = createClient({
  url,
  headers: { authorization: `Bearer ${key}` },
  retryAttempts: Infinity,
  retry: pause,
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
