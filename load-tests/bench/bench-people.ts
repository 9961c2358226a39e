import { HttpClient } from '@app/client';
import type { TokenSettings } from '@app/identity';

/** How a service signs its tokens, from its settings. */
export function tokenSettings({ JWT_SECRET: secret = '', ...env }: Record<string, string>): TokenSettings {
  return { secret, issuer: env.JWT_ISSUER || 'hongbao', audience: env.JWT_AUDIENCE || 'hongbao' };
}

/** A room that anyone may join. */
export async function openRoom(url: string): Promise<string> {
  const { token } = await new HttpClient({ url }).devToken({ userId: 'bench-owner', name: 'Owner' });
  const { roomId } = await new HttpClient({ url, token }).createRoom('the room of the bench', true);
  return roomId;
}
