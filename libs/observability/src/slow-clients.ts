import type { Server } from 'node:http';

const HEADERS_MS_MAX = 10_000;
/** A list of a million ids over a slow line takes minutes; headers have seconds, and a body has its own size limit. */
const REQUEST_MS_MAX = 300_000;
/** Longer than most load balancers keep an idle connection, so that it is never this side that hangs up on a request. */
const IDLE_CONNECTION_MS = 65_000;
/** Node looks for what is over time every 30 s by itself, so slow headers had up to 40. */
const LOOK_MS = 1_000;

/** How long a client may take. Before the server listens: Node reads how often to look when it begins to. */
export function limitSlowClients(server: Server): void {
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  server.keepAliveTimeout = IDLE_CONNECTION_MS;
  // An option of createServer, which Nest calls. On the server it is where Node (20 to 24) itself keeps it.
  (server as Server & { connectionsCheckingInterval: number }).connectionsCheckingInterval = LOOK_MS;
}
