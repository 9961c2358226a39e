import { useText } from '../i18n/index.js';
import { EnvelopeIcon } from '../ui/icons.js';
import { Drops } from './drops.js';

export function NoRoom() {
  const t = useText();
  return (
    <main class="conversation">
      <Drops />
      <div class="no-room">
        <EnvelopeIcon />
        <p>{t.rooms.pick}</p>
      </div>
    </main>
  );
}
