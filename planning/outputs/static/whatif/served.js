/* The page as a server hands it out: small networks are walked here, large ones by the server. */

import { typedArray } from "./arrays.js";
import { askJson } from "./asking_server.js";
import { engineOn, openedEngine } from "./opened_engine.js";
import { ServerWalking } from "./server_walking.js";
import { startPage } from "./starting.js";
import { addDesk } from "./view_desk.js";

/** `?walk=server` has the server walk, however small the network. */
async function opened() {
  const wanted = new URLSearchParams(window.location.search).get("walk") !== "server";
  const content = await askJson("GET", `/api/content?streets=${wanted}`);
  const opening = content.streets ? openedEngine(content) : engineOn(content, new ServerWalking(typedArray(content.people.on_network)));
  return { content, ...await opening };
}

addDesk();
startPage(opened);
