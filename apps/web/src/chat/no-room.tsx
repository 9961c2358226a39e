import { useText } from '../i18n/index.js';
import { EnvelopeIcon } from '../ui/icons.js';

export function NoRoom() {
  const t = useText();
  return (
    <main class="no-room">
      <EnvelopeIcon />
      <p>{t.rooms.pick}</p>
    </main>
  );
}
