import { defineConfig } from "vite";

const SERVER = "http://127.0.0.1:8000";

// Two builds into one folder, so that the live page never shares a file with the IDE, which production does not serve.
const BUILDS = {
  live: { input: "index.html", assetsDir: "assets", emptyOutDir: true },
  graphiql: { input: "graphiql/index.html", assetsDir: "graphiql/assets", emptyOutDir: false },
};

export default defineConfig(({ mode }) => {
  const { input, ...build } = mode === "graphiql" ? BUILDS.graphiql : BUILDS.live;
  return {
    base: "./",
    build: {
      ...build,
      outDir: "dist",
      rolldownOptions: {
        input,
        // React's "use client" marks, harmless here, would bury every other warning.
        onLog: (level, log, print) => log.code === "MODULE_LEVEL_DIRECTIVE" || print(level, log),
      },
      chunkSizeWarningLimit: 4000, // kB; the IDE's editor is one large chunk by nature
    },
    server: { proxy: { "/graphql": { target: SERVER, ws: true } } },
  };
});
