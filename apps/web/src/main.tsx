import { render } from 'preact';
import { App } from './app.js';
import { syncClockWhenSeen } from './flows/clock.js';
import { resume } from './flows/session.js';
import { applyLanguage } from './i18n/index.js';
import { roomOfHash, uiStore } from './state/ui.js';
import './styles/index.css';

applyLanguage();
window.addEventListener('hashchange', () => uiStore.set({ roomId: roomOfHash(location.hash) }));
syncClockWhenSeen();
resume();

const root = document.getElementById('app')!;
// The splash stands until here, so that the first second is never white.
root.replaceChildren();
render(<App />, root);
