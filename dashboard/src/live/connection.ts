/** One WebSocket for the page: it reconnects for ever, and every subscription on it resumes by itself. */

import { type Client, createClient } from "graphql-ws";

import { socketAddress } from "../common/token";

const PING_SECONDS = 12;
const PONG_SECONDS = 5;
const ACKNOWLEDGEMENT_SECONDS = 10;
const RETRY_SECONDS_MAX = 10;

export type Connectivity = "connecting" | "live" | "reconnecting";

export interface Watch {
  state(state: Connectivity): void;
  /** The server does not accept the credential; nothing is tried again. */
  refused(): void;
}

export function connect(token: string, watch: Watch): Client {
  let acknowledged = false;
  let refused = false;
  let everAcknowledged = false;
  let pong: ReturnType<typeof setTimeout> | undefined;

  const client = createClient({
    url: socketAddress(),
    connectionParams: { authorization: `Bearer ${token}` },
    connectionAckWaitTimeout: ACKNOWLEDGEMENT_SECONDS * 1000,
    keepAlive: PING_SECONDS * 1000,
    lazyCloseTimeout: 5000,
    retryAttempts: Infinity,
    retryWait: (retries) => pause(waitSeconds(retries)),
    // The stock rule retries close events only, but a browser reports a server that is away as an error event.
    shouldRetry: () => !refused,
    on: {
      connecting: () => {
        acknowledged = false;
        watch.state(everAcknowledged ? "reconnecting" : "connecting");
      },
      connected: () => {
        acknowledged = everAcknowledged = true;
        watch.state("live");
      },
      ping: (received) => {
        // A dead network closes nothing: without an answer the socket is dropped and opened again.
        if (!received) pong = setTimeout(() => client.terminate(), PONG_SECONDS * 1000);
      },
      pong: (received) => {
        if (received) clearTimeout(pong);
      },
      closed: (event) => {
        clearTimeout(pong);
        const code = (event as { code?: number }).code;
        // 4403 on an open connection means that the credential expired or changed: that deserves one more try.
        if (code === 4401 || (code === 4403 && !acknowledged)) {
          refused = true;
          watch.refused();
        } else if (code !== 1000) {
          watch.state(everAcknowledged ? "reconnecting" : "connecting");
        }
        acknowledged = false;
      },
    },
  });
  return client;
}

/** 1, 2, 4, 8, then at most 10 seconds, spread by half so that a restart is not followed by everybody at once. */
function waitSeconds(retries: number): number {
  return Math.min(2 ** retries, RETRY_SECONDS_MAX) * (0.5 + Math.random() / 2);
}

/** Wait, but not longer than until the network is back. */
function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", done);
  });
}
