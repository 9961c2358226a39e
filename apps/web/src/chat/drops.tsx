import { dropsChunk } from '../chunks.js';
import { packetsStore } from '../state/packets.js';
import { useStore } from '../state/store.js';
import { useChunk } from '../ui/use-chunk.js';

function Strip() {
  const { part } = useChunk(dropsChunk);
  return part && <part.DropStrip />;
}

/** Campaign packets belong to no room: they stand above whatever is shown. */
export function Drops() {
  const any = useStore(packetsStore, ({ campaigns }) => campaigns);
  return any ? <Strip /> : null;
}
