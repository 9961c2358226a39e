import { useStore } from '../state/store.js';
import { uiStore } from '../state/ui.js';

/** What happens outside the focus, read out: packets that fall, a connection that breaks. */
export function LiveRegion() {
  const { text, key } = useStore(uiStore, ({ announcement }) => announcement);
  return (
    <div class="visually-hidden" aria-live="polite" role="status">
      <span key={key}>{text}</span>
    </div>
  );
}
