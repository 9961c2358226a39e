import { render } from 'preact';
import { applyLanguage } from '../i18n/index.js';
import { App } from './app.js';
import { followTheAddress } from './routes.js';
import { resume } from './state/session.js';
import './styles/index.css';

applyLanguage();
followTheAddress();
resume();

const root = document.getElementById('app')!;
// The splash stands until here, so that the first second is never white.
root.replaceChildren();
render(<App />, root);
