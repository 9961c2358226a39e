import type { Answers, GateView, RefusalReason } from '@app/contracts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useDropText } from '../i18n/drops.js';
import { useText } from '../i18n/index.js';
import { useCover } from '../packet/cover.js';
import type { Packet } from '../state/merge.js';
import { useStore } from '../state/store.js';
import { changeDraft, draftsStore } from './drafts.js';
import { answersFor, EMPTY_DRAFT, missingIn, type GateDraft } from './gate-answers.js';
import { GateProblem, type GateProps } from './gate-parts.js';
import { PasswordGate } from './password-gate.js';
import { PlaceGate } from './place-gate.js';
import { QuizGate } from './quiz-gate.js';
import './gates.css';

interface FormProps {
  packet: Packet;
  /** Under which the answers are kept. */
  draftKey: string;
  /** Why the last try did not count. */
  refused: RefusalReason | null;
  working: boolean;
  /** Why it takes longer than it should. */
  note: string | null;
  /** What the button says when nothing is under way. */
  label?: string;
  submit: (answers: Answers) => void;
}

function Banner({ packet }: { packet: Packet }) {
  const t = useText();
  const { cover, failed } = useCover(packet.coverUrl);
  return (
    <header class="gates-banner">
      {cover && <img src={cover} alt="" decoding="async" onError={failed} />}
      <p class="gates-from">{t.packet.from(packet.senderName || packet.senderId)}</p>
      <p class="gates-greeting">{packet.greeting || t.packet.defaultGreeting}</p>
    </header>
  );
}

type Kind = GateView['kind'];

function useProblems(gates: readonly GateView[], draft: GateDraft, refused: RefusalReason | null) {
  const t = useDropText().gates;
  const [tried, setTried] = useState(false);
  const missing = missingIn(gates, draft);
  const missed = { password: t.passwordMissing, quiz: t.quizMissing, place: t.placeMissing };
  const wrong: Partial<Record<RefusalReason, string>> = {
    ...{ password: t.passwordWrong, quiz: t.quizWrong, place: t.placeWrong, task: t.taskWrong },
  };
  const problemOf = (kind: Kind): string | null => {
    if (kind === 'members') return null;
    // Once one has located oneself anew, what was said of the place before is stale.
    if (refused === kind && !(kind === 'place' && draft.place)) return wrong[kind]!;
    if (tried && kind !== 'task' && missing.includes(kind)) return missed[kind];
    return null;
  };
  return { missing, problemOf, setTried };
}

function GatePart({ gate, ...props }: GateProps & { gate: GateView }) {
  const t = useDropText().gates;
  switch (gate.kind) {
    case 'password':
      return <PasswordGate gate={gate} {...props} />;
    case 'quiz':
      return <QuizGate gate={gate} {...props} />;
    case 'place':
      return <PlaceGate gate={gate} {...props} />;
    case 'members':
      return <p class="gate-note">{t.members}</p>;
    case 'task':
      return (
        <div class="gate">
          <p class="gate-title">{t.task(gate.title ?? gate.taskId)}</p>
          {props.problem ? <GateProblem text={props.problem} /> : <p class="gate-hint">{t.taskHint}</p>}
        </div>
      );
  }
}

/** Everything that the gates of a packet ask for, in one form. */
export function GateForm({ packet, draftKey, refused, working, note, label, submit }: FormProps) {
  const t = useDropText().gates;
  const gates = packet.gates ?? [];
  const draft = useStore(draftsStore, ({ drafts }) => drafts[draftKey] ?? EMPTY_DRAFT);
  const form = useRef<HTMLFormElement>(null);
  const { missing, problemOf, setTried } = useProblems(gates, draft, working ? null : refused);
  const toProblem = () => {
    const wrong = form.current?.querySelector('[data-testid="gate-problem"]')?.closest('.gate');
    wrong?.querySelector<HTMLElement>('input, button')?.focus();
    wrong?.scrollIntoView({ block: 'nearest' });
  };
  useEffect(() => {
    if (!refused || working) return;
    // One has to have moved: the same place would be refused again.
    if (refused === 'place') changeDraft(draftKey, { place: null });
    toProblem();
  }, [refused, working]);
  useEffect(() => {
    // From its first line: what is asked stands above the field that asks.
    form.current?.querySelector<HTMLElement>('input, button')?.focus({ preventScroll: true });
  }, []);
  return (
    <form
      ref={form}
      class="gates"
      noValidate
      data-testid="gate-form"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (missing.length > 0) return void setTimeout(toProblem);
        if (!working) submit(answersFor(gates, draft));
      }}
    >
      <Banner packet={packet} />
      <div class="gates-parts">
        {gates.map((gate, at) => (
          <GatePart
            key={`${gate.kind}${at}`}
            gate={gate}
            draft={draft}
            change={(part) => changeDraft(draftKey, part)}
            problem={problemOf(gate.kind)}
          />
        ))}
      </div>
      <footer class="gates-foot">
        <p class="gate-hint" role="status">
          {note ?? (refused === 'paused' && !working ? t.paused : null)}
        </p>
        <button type="submit" class="button button-gold" aria-disabled={working} data-testid="gate-submit">
          {working && <span class="spinner" aria-hidden="true" />}
          {working ? t.working : (label ?? t.submit)}
        </button>
      </footer>
    </form>
  );
}
