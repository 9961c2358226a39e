import { useText } from '../i18n/index.js';
import { Sheet } from '../ui/sheet.js';
import { People } from './people.js';

export function PeopleSheet({ roomId }: { roomId: string }) {
  const t = useText();
  return (
    <Sheet title={t.people.heading}>
      <People roomId={roomId} />
    </Sheet>
  );
}
