/** Where the IDE remembers: tabs and layout in localStorage; the history, which holds headers, in this tab only. */

const HISTORY = new Set(["graphiql:queries", "graphiql:favorites"]);

function storeOf(key: string): Storage {
  return HISTORY.has(key) ? sessionStorage : localStorage;
}

function ownKeys(store: Storage): string[] {
  return Object.keys(store).filter((key) => key.startsWith("graphiql:"));
}

export const storage = {
  getItem: (key: string): string | null => storeOf(key).getItem(key),
  setItem: (key: string, value: string): void => storeOf(key).setItem(key, value),
  removeItem: (key: string): void => storeOf(key).removeItem(key),
  clear(): void {
    for (const store of [localStorage, sessionStorage]) for (const key of ownKeys(store)) store.removeItem(key);
  },
  get length(): number {
    return ownKeys(localStorage).length + ownKeys(sessionStorage).length;
  },
};
