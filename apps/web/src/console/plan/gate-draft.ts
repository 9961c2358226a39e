import type { Gate } from '@app/contracts';
import { numberOf, wholeOf, type Checker } from './check-value.js';
import { LIMITS, TASK_ID, USER_ID } from './limits.js';

export interface QuestionDraft {
  text: string;
  options: string[];
  answer: number;
}

export type GateDraft =
  | { kind: 'password'; phrase: string; hint: string; triesMax: string }
  | { kind: 'quiz'; questions: QuestionDraft[]; triesMax: string }
  | {
      kind: 'place';
      lat: string;
      lng: string;
      radiusMeters: string;
      clueText: string;
      clueCoverId: string;
    }
  | { kind: 'members'; userIds: string }
  | { kind: 'task'; taskId: string; title: string };

export type GateKind = GateDraft['kind'];
export const GATE_KINDS: readonly GateKind[] = ['password', 'quiz', 'place', 'members', 'task'];

const TEXTS = { phrase: 64, hint: 100, question: 200, option: 100, clue: 200, title: 100 };

export const newQuestion = (): QuestionDraft => ({ text: '', options: ['', ''], answer: 0 });

export function newGate(kind: GateKind): GateDraft {
  switch (kind) {
    case 'password':
      return { kind, phrase: '', hint: '', triesMax: '' };
    case 'quiz':
      return { kind, questions: [newQuestion()], triesMax: '' };
    case 'place':
      return { kind, lat: '', lng: '', radiusMeters: '200', clueText: '', clueCoverId: '' };
    case 'members':
      return { kind, userIds: '' };
    case 'task':
      return { kind, taskId: '', title: '' };
  }
}

export function gateDraftOf(gate: Gate): GateDraft {
  switch (gate.kind) {
    case 'password':
      return { ...gate, hint: gate.hint ?? '', triesMax: String(gate.triesMax ?? '') };
    case 'quiz':
      return {
        kind: 'quiz',
        questions: gate.questions.map((question) => ({ ...question, options: [...question.options] })),
        triesMax: String(gate.triesMax ?? ''),
      };
    case 'place': {
      const { lat, lng, radiusMeters, clue } = gate;
      const { text = '', coverId = '' } = typeof clue === 'string' ? { text: clue } : (clue ?? {});
      return {
        ...{ kind: 'place', lat: String(lat), lng: String(lng), radiusMeters: String(radiusMeters) },
        ...{ clueText: text, clueCoverId: coverId },
      };
    }
    case 'members':
      return { kind: 'members', userIds: gate.userIds.join('\n') };
    case 'task':
      return { ...gate, title: gate.title ?? '' };
  }
}

/** Ids as people paste them: by line, space or comma. */
export function idsOf(typed: string): string[] {
  return [...new Set(typed.split(/[\s,，;；]+/).filter(Boolean))];
}

export function checkGate(gate: GateDraft, path: string, check: Checker): void {
  const { say } = check.saying;
  switch (gate.kind) {
    case 'password':
      check.text(`${path}.phrase`, gate.phrase, TEXTS.phrase, { needed: true });
      check.text(`${path}.hint`, gate.hint, TEXTS.hint);
      check.whole(`${path}.triesMax`, gate.triesMax, 1, LIMITS.tries, { needed: false });
      return;
    case 'quiz':
      check.whole(`${path}.triesMax`, gate.triesMax, 1, LIMITS.tries, { needed: false });
      gate.questions.forEach((question, n) => checkQuestion(question, `${path}.questions.${n}`, check));
      return;
    case 'place':
      check.number(`${path}.lat`, gate.lat, -90, 90);
      check.number(`${path}.lng`, gate.lng, -180, 180);
      check.number(`${path}.radiusMeters`, gate.radiusMeters, LIMITS.radiusMin, LIMITS.radius);
      check.text(`${path}.clue`, gate.clueText, TEXTS.clue);
      return;
    case 'members': {
      const ids = idsOf(gate.userIds);
      const wrong = ids.find((id) => !USER_ID.test(id));
      if (ids.length === 0) check.add(`${path}.userIds`, say.needed);
      else if (wrong) check.add(`${path}.userIds`, say.userId(wrong));
      else if (ids.length > LIMITS.gateMembers) check.add(`${path}.userIds`, say.atMost(LIMITS.gateMembers));
      return;
    }
    case 'task':
      check.add(`${path}.taskId`, !TASK_ID.test(gate.taskId.trim()) && say.taskId);
      check.text(`${path}.title`, gate.title, TEXTS.title);
  }
}

function checkQuestion({ text, options }: QuestionDraft, path: string, check: Checker): void {
  const { say } = check.saying;
  check.text(`${path}.text`, text, TEXTS.question, { needed: true });
  options.forEach((option, n) => {
    check.text(`${path}.options.${n}`, option, TEXTS.option, { needed: true });
    const same = options.findIndex((other) => other.trim() === option.trim());
    if (same < n) check.add(`${path}.options.${n}`, say.optionTwice);
  });
}

/** Only for a draft without problems. */
export function toGate(gate: GateDraft): Gate {
  switch (gate.kind) {
    case 'password': {
      const hint = gate.hint.trim();
      return {
        kind: 'password',
        phrase: gate.phrase.trim(),
        ...(hint ? { hint } : {}),
        ...triesOf(gate.triesMax),
      };
    }
    case 'quiz':
      return {
        kind: 'quiz',
        questions: gate.questions.map(({ text, options, answer }) => ({
          ...{ text: text.trim(), options: options.map((option) => option.trim()), answer },
        })),
        ...triesOf(gate.triesMax),
      };
    case 'place':
      return {
        kind: 'place',
        lat: numberOf(gate.lat)!,
        lng: numberOf(gate.lng)!,
        radiusMeters: numberOf(gate.radiusMeters)!,
        ...clueOf(gate.clueText.trim(), gate.clueCoverId),
      };
    case 'members':
      return { kind: 'members', userIds: idsOf(gate.userIds) };
    case 'task': {
      const title = gate.title.trim();
      return { kind: 'task', taskId: gate.taskId.trim(), ...(title ? { title } : {}) };
    }
  }
}

function triesOf(typed: string): { triesMax?: number } {
  const triesMax = wholeOf(typed);
  return triesMax === null ? {} : { triesMax };
}

function clueOf(text: string, coverId: string): Pick<Extract<Gate, { kind: 'place' }>, 'clue'> {
  if (coverId) return { clue: { coverId, ...(text ? { text } : {}) } };
  return text ? { clue: text } : {};
}
