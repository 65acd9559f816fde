/** How the IDE reaches the API: HTTP for queries and mutations, graphql-transport-ws for subscriptions. */

import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

import { socketAddress } from "../common/token";

type Headers = Record<string, unknown>;

const INTROSPECTION = "IntrospectionQuery";

/** `initial` stands in while the headers editor is not on the screen yet. */
export function createFetcher(initial: Headers): Fetcher {
  let authorization: string | undefined;
  const wsClient = createClient({
    url: socketAddress(),
    connectionParams: () => (authorization === undefined ? {} : { authorization }),
    retryAttempts: 0, // someone at an IDE wants to see why the socket was closed
  });
  const fetcher = createGraphiQLFetcher({
    url: "/graphql",
    wsClient,
    headers: { "graphql-require-preflight": "1" },
  });
  return (parameters, options) => {
    if (parameters.operationName === INTROSPECTION) {
      return fetcher(parameters, { ...options, headers: options?.headers ?? initial });
    }
    // A browser cannot send headers with a WebSocket: the editor's Authorization goes into the connection's parameters.
    authorization = authorizationOf(options?.headers ?? {});
    return fetcher(parameters, options);
  };
}

function authorizationOf(headers: Headers): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization");
  return found === undefined ? undefined : String(found[1]);
}
