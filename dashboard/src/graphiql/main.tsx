/** GraphiQL, bundled: nothing is loaded from anywhere but this server. */

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./ide.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { takeToken } from "../common/token";
import { examples } from "./examples";
import { createFetcher } from "./fetcher";
import { storage } from "./storage";

const token = takeToken();
const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
const container = document.getElementById("graphiql");
if (container === null) throw new Error("The page has no #graphiql element.");

createRoot(container).render(
  <GraphiQL
    fetcher={createFetcher(headers)}
    defaultTabs={examples(new Date())}
    defaultHeaders={JSON.stringify(headers, null, 2)}
    defaultEditorToolsVisibility={token === null ? "headers" : "variables"}
    storage={storage}
    shouldPersistHeaders={false} // a credential must not outlive the tab
  >
    <GraphiQL.Logo>Huiyuan</GraphiQL.Logo>
  </GraphiQL>,
);
