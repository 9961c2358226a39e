import type { Server, Socket } from 'socket.io';
import type { ClientEvents, Identity, ServerEvents } from '@app/contracts';
import type { GatewayEvents } from '@app/push';
import type { Caller } from '../grabs/callers.js';

/** Who is behind a socket, as its token said at the handshake. */
export interface Person extends Identity {
  token: string;
  /** Where the connection came from: the api limits by it. */
  address: string;
}

export interface SocketData {
  person: Person;
  caller: Caller;
}

export type HongbaoServer = Server<ClientEvents, ServerEvents, GatewayEvents, SocketData>;
export type HongbaoSocket = Socket<ClientEvents, ServerEvents, GatewayEvents, SocketData>;
