import type { ClaimView, Proof } from '@app/contracts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../i18n/index.js';
import { useFormat } from '../i18n/use-format.js';
import { api } from '../net/api.js';
import { failureOf, type FailureCode } from '../net/failure.js';
import type { Packet } from '../state/merge.js';
import { prefersStill } from '../ui/count-up.js';
import { FailureNote } from '../ui/failure-note.js';
import type { Verdict } from './verifier.js';

interface Checked {
  proof: Proof;
  verdict: Verdict;
}

function useCheck(packet: Packet, claims: ClaimView<number>[]) {
  const [running, setRunning] = useState(false);
  const [failed, setFailed] = useState<FailureCode | null>(null);
  const [checked, setChecked] = useState<Checked | null>(null);
  const run = async () => {
    setRunning(true);
    setFailed(null);
    try {
      // Hashes and arithmetic are fetched by those who ask, not by the crowd.
      const [proof, { judge }] = await Promise.all([api.proof(packet.packetId), import('./verifier.js')]);
      setChecked({ proof, verdict: judge(proof, packet.commitment, claims) });
    } catch (error) {
      // A chunk that can't be fetched is no Failure of ours, but means the same.
      setFailed(error instanceof TypeError ? 'offline' : failureOf(error).code);
    } finally {
      setRunning(false);
    }
  };
  return { running, failed, checked, run };
}

function Hash({ label, value }: { label: string; value: string }) {
  return (
    <div class="hash">
      <p class="hint">{label}</p>
      <code>{value}</code>
    </div>
  );
}

function VerdictView({ proof, verdict, currency }: Checked & { currency: string }) {
  const t = useText().verify;
  const { money } = useFormat();
  const { ok, difference, rows } = verdict;
  const write = (amount: number | null) => (amount === null ? '—' : money(amount, currency));
  return (
    <>
      <p
        class={`verdict ${ok ? 'verdict-ok' : 'verdict-bad'}`}
        role="status"
        data-testid="verify-verdict"
        data-ok={ok}
      >
        {ok ? `✓ ${rows.length === 0 ? t.okNone : t.ok(rows.length)}` : `✗ ${t.wrong} `}
        {difference && ('words' in difference ? difference.words : t[difference.seenHere])}
      </p>
      <Hash label={t.seed} value={proof.seed} />
      <table class="proof">
        <thead>
          <tr>
            <th>{t.claim}</th>
            <th>{t.paid}</th>
            <th>{t.computed}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ ordinal, paid, computed }) => (
            <tr key={ordinal}>
              <td>#{ordinal}</td>
              <td>{write(paid)}</td>
              <td>{write(computed)}</td>
              <td>{paid === computed ? '✓' : '✗'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function VerifyPanel({ packet, claims }: { packet: Packet; claims: ClaimView<number>[] }) {
  const t = useText().verify;
  const [open, setOpen] = useState(false);
  const panel = useRef<HTMLDetailsElement>(null);
  const { running, failed, checked, run } = useCheck(packet, claims);
  const closed = packet.state === 'finished' || packet.state === 'expired';
  useEffect(() => {
    if (open && closed && !checked) void run();
  }, [open, closed]);
  useEffect(() => {
    // It unfolds below the edge of a phone's sheet, where the verdict would not be seen.
    if (open)
      panel.current?.scrollIntoView({ block: 'nearest', behavior: prefersStill() ? 'auto' : 'smooth' });
  }, [open, checked]);
  return (
    <details ref={panel} class="verify" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-testid="verify-split">{t.heading}</summary>
      <p class="hint">{closed ? t.what : t.before}</p>
      <Hash label={t.commitment} value={packet.commitment} />
      {running && (
        <p class="hint" role="status">
          {t.running}
        </p>
      )}
      {failed && <FailureNote code={failed} retry={() => void run()} />}
      {checked && <VerdictView {...checked} currency={packet.currency} />}
    </details>
  );
}
