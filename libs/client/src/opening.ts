import type { PacketView } from '@app/contracts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const utf8 = new TextEncoder();

/** FNV-1a, 32 bits, of the text's UTF-8. */
export function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of utf8.encode(text)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}

/**
 * When this person's button opens: `opensAt`, and with `staggerMs` so much later as a hash of packet and person says, so
 * that millions of taps don't fall in one instant. The packet's id is in it, so that nobody is always late. Epoch ms.
 */
export function opensAtFor(
  { packetId, opensAt, staggerMs = 0 }: Pick<PacketView<number>, 'packetId' | 'opensAt' | 'staggerMs'>,
  userId: string,
): number {
  return staggerMs > 0 ? opensAt + (fnv1a(`${packetId}:${userId}`) % staggerMs) : opensAt;
}

/** `sub` of a token, unchecked: the server looks. Undefined where it is no JWT. */
export function userIdOf(token: string): string | undefined {
  try {
    const payload = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return (JSON.parse(new TextDecoder().decode(bytes)) as { sub?: string }).sub;
  } catch {
    return undefined;
  }
}
