import { Agent } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { createProxyServer } from 'httpxy';
import type { Config } from '@app/config';
import { quietly, type Logger } from '@app/observability';
import { RequestLines } from './request-lines.js';
import { sendProblem } from './send-problem.js';

const OWN = /^\/(healthz|readyz|metrics)$/;
/** In any letters: the api's routing does not tell them apart, so `/INTERNAL/…` reached what `/internal/…` is kept from (seen). */
const INTERNAL = /^\/+internal(\/|$)/i;
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
    if (response && 'writeHead' in response) answerBusy(response as Response);
  });
  // How long the api keeps a connection is between it and the gateway: told to a client, it would reuse one that the gateway
  // has closed (seen as "other side closed" on a request after a pause of five seconds).
  proxy.on('proxyRes', ({ headers }) => {
    delete headers['keep-alive'];
  });
  const lines = new RequestLines(config.USER_REQUESTS_AT_ONCE);
  return (request: Request, response: Response, next: NextFunction) => {
    if (OWN.test(request.path)) next();
    else if (INTERNAL.test(request.path)) sendProblem(response, 'not_found');
    else {
      const handOn = () => void proxy.web(request, response).catch((error: Error) => report('api', error));
      // By the token as it is written, which only the api looks into. Without one it is for a page, or refused at once.
      const { authorization } = request.headers;
      if (authorization) lines.take(authorization, response, handOn);
      else handOn();
    }
  };
}

function answerBusy(response: Response): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendProblem(response, 'busy', BUSY_RETRY_MS);
}
