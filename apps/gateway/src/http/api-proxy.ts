import { Agent } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { createProxyServer } from 'httpxy';
import type { Config } from '@app/config';
import { ERRORS, type ErrorCode } from '@app/contracts';
import { quietly, type Logger } from '@app/observability';

const OWN = /^\/(healthz|readyz|metrics)$/;
const API_SOCKETS_MAX = 128;
const API_ANSWER_MS_MAX = 30_000;
const BUSY_RETRY_MS = 1_000;

/** Pages and HTTP go on to the api process; sockets and the operator's probes are the gateway's own. */
export function handOnToApi(config: Config, logger: Logger) {
  const agent = new Agent({ keepAlive: true, maxSockets: API_SOCKETS_MAX });
  const proxy = createProxyServer({
    target: config.API_URL,
    xfwd: true,
    agent,
    proxyTimeout: API_ANSWER_MS_MAX,
  });
  const report = quietly((_key, error) => logger.warn({ err: error }, 'the api did not answer'));
  proxy.on('error', (error, _request, response) => {
    report('api', error);
    if (response && 'writeHead' in response) answerProblem(response as Response, 'busy', BUSY_RETRY_MS);
  });
  // How long the api keeps a connection is between it and the gateway: told to a client, it would reuse one that the gateway
  // has closed (seen as "other side closed" on a request after a pause of five seconds).
  proxy.on('proxyRes', ({ headers }) => {
    delete headers['keep-alive'];
  });
  return (request: Request, response: Response, next: NextFunction) => {
    if (OWN.test(request.path)) next();
    else if (request.path.startsWith('/internal/')) answerProblem(response, 'not_found');
    else proxy.web(request, response).catch((error: Error) => report('api', error));
  };
}

function answerProblem(response: Response, code: ErrorCode, retryAfterMs?: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, message } = ERRORS[code];
  const problem = { type: `urn:hongbao:error:${code}`, title: message, status, code, detail: message };
  const retryAfter = retryAfterMs && { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
  response.writeHead(status, { 'content-type': 'application/problem+json', ...retryAfter });
  response.end(JSON.stringify(retryAfterMs ? { ...problem, retryAfterMs } : problem));
}
