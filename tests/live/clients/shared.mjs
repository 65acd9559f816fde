// What the clients share: which stream is wanted, and one line of JSON on standard output for everything that happens.
// node CLIENT.mjs '{"url": "http://127.0.0.1:8000/graphql", "key": …, "stream": "memberEvents", "variables": {"after": …}}'

export const { url, key, stream, variables } = JSON.parse(process.argv[2]);

const EVENT = `position sequence kind member { id }
  ... on OrderCommitted { order { id externalId } }
  ... on BalanceChanged { change asset { code } }`;

const streams = {
  memberEvents: {
    query: `subscription ($member: ID, $after: Cursor) {
      memberEvents(memberId: $member, after: $after) { ${EVENT} } }`,
    place: (event) => event.position,
    events: (event) => [event],
  },
  programEvents: {
    query: `subscription ($after: Cursor) {
      programEvents(after: $after) { cursor caughtUp events { ${EVENT} } } }`,
    place: (batch) => batch.cursor,
    events: (batch) => batch.events,
  },
};

const { place, events } = streams[stream];
export const { query } = streams[stream];

export function tell(fact) {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

export function fail(error) {
  tell({ error: error instanceof Error ? `${error}` : JSON.stringify(error) });
  process.exit(1);
}

/** Print a result's events and return the place after them. */
export function took({ data, errors }) {
  if (errors) fail(errors);
  for (const event of events(data[stream])) tell({ event });
  tell({ place: place(data[stream]) });
  return place(data[stream]);
}

/** Wait before connecting again: a tenth of a second, doubled with each failure up to two, less up to a half. */
export function pause(retries) {
  const milliseconds = Math.min(100 * 2 ** retries, 2000) * (1 - Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
