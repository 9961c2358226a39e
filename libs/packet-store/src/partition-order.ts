/**
 * The order in which a user visits a packet's partitions: from a home, by a stride without common factor with their
 * number, both from a hash of packet and user. So users are spread evenly, differently for each packet, and those whose
 * home is dry go on to different partitions. The same in every process, and never to be changed while a packet is open: a
 * user with another order could win a second time.
 */
export function partitionAt(packetId: string, userId: string, partitions: number, step: number): number {
  const hash = hashOf(`${packetId}:${userId}`);
  const home = hash % partitions;
  if (step === 0) return home;
  let stride = 1 + (mix(hash) % (partitions - 1));
  while (commonFactor(stride, partitions) > 1) stride = 1 + (stride % (partitions - 1));
  return (home + step * stride) % partitions;
}

/** The first of the user's order. */
export function homeOf(packetId: string, userId: string, partitions: number): number {
  return partitionAt(packetId, userId, partitions, 0);
}

/** FNV-1a over UTF-16 units, then mixed: its low bits alone are not even. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let k = 0; k < text.length; k += 1) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  return mix(hash);
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}
