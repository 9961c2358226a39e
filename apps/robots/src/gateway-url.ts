import type { Config } from '@app/config';

/** Where the robots connect: as told, else to a gateway on their own machine. */
export function gatewayUrlOf({ GATEWAY_URL, PORT }: Config): string {
  return GATEWAY_URL ?? `http://127.0.0.1:${PORT}`;
}
