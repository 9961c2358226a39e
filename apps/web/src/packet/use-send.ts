import { useState } from 'preact/hooks';
import { dropIn, fromHttp } from '../flows/packets.js';
import { loadWallet } from '../flows/wallet.js';
import { api } from '../net/api.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import { useStore } from '../state/store.js';
import { closeDialog } from '../state/ui.js';
import { balanceOf, walletStore } from '../state/wallet.js';
import { useIntent } from '../ui/use-intent.js';
import { checkDraft, toRequest, type Checked, type Draft, type Field } from './send-form.js';

const FIRST_DRAFT: Draft = {
  kind: 'lucky',
  amount: '',
  count: '5',
  greeting: '',
  expiresInSeconds: 86_400,
  only: null,
  phrase: '',
  hint: '',
};

export interface SendForm {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  checked: Checked;
  /** Problems of fields that were typed in, or of all once a sending was tried. */
  shown: Checked['problems'];
  available: number | null;
  working: boolean;
  failed: FailureCode | null;
  submit: () => Promise<void>;
}

function problemsToShow({ problems }: Checked, touched: Set<string>, tried: boolean): Checked['problems'] {
  const seen = (field: Field) => tried || touched.has(field);
  return Object.fromEntries(Object.entries(problems).filter(([field]) => seen(field as Field)));
}

export function useSend(roomId: string): SendForm {
  const [draft, setDraft] = useState(FIRST_DRAFT);
  const [touched, setTouched] = useState(new Set<string>());
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const intent = useIntent();
  const available = useStore(walletStore, (state) =>
    state.loaded ? (balanceOf(state)?.available ?? 0) : null,
  );
  const checked = checkDraft(draft, available);

  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    // Choosing the named ones begins with none: no reproach before the first was chosen.
    const names = Object.keys(part).filter((field) => field !== 'only' || part.only?.length);
    setTouched(new Set([...touched, ...names]));
    setFailed(null);
  };

  const submit = async () => {
    setTried(true);
    const body = toRequest(draft, checked, roomId);
    if (!body || working) return;
    setWorking(true);
    setFailed(null);
    try {
      const packet = await api.sendPacket(body, intent.keyFor(body));
      intent.done();
      dropIn(fromHttp(packet));
      closeDialog();
    } catch (error) {
      const { code } = failureOf(error);
      if (code === 'idempotency_conflict') intent.done();
      if (code === 'insufficient_funds') void loadWallet();
      setFailed(code);
      setWorking(false);
    }
  };
  const shown = problemsToShow(checked, touched, tried);
  return { draft, change, checked, shown, available, working, failed, submit };
}
