import type { Gate, GateView, PacketRules } from '@app/contracts';
import { optionId, poseQuestion, withFirstQuestion, type QuizGate, type Who } from './quiz.js';

type Clue = NonNullable<Extract<Gate, { kind: 'place' }>['clue']>;

/**
 * The gates as this person is to see them. Nothing in a view depends on what is right: not on the phrase, the index of an
 * answer, the point or the list of members. `coverUrlOf` turns the id of a clue's picture into its URL.
 */
export function gateViews(rules: PacketRules, who: Who, coverUrlOf: (coverId: string) => string): GateView[] {
  return [...withFirstQuestion(rules.gates)].map(([gate, firstQuestion]) => {
    switch (gate.kind) {
      case 'password':
        return { kind: gate.kind, ...given({ hint: gate.hint, triesMax: gate.triesMax }) };
      case 'quiz':
        return quizView(gate, firstQuestion, rules.salt, who);
      case 'place':
        return {
          kind: gate.kind,
          radiusMeters: gate.radiusMeters,
          ...given({ clue: gate.clue === undefined ? undefined : clueView(gate.clue, coverUrlOf) }),
        };
      case 'members':
        return { kind: gate.kind };
      case 'task':
        return { kind: gate.kind, taskId: gate.taskId, ...given({ title: gate.title }) };
    }
  });
}

function quizView(quiz: QuizGate, first: number, salt: string, who: Who): GateView {
  const questions = quiz.questions.map((question, k) => {
    const { id, text, options } = poseQuestion(question, first + k, salt, who);
    return {
      question: id,
      text,
      options: options.map((shown, position) => ({ option: optionId(position), text: shown })),
    };
  });
  return { kind: 'quiz', questions, ...given({ triesMax: quiz.triesMax }) };
}

function clueView(clue: Clue, coverUrlOf: (coverId: string) => string): { text?: string; url?: string } {
  if (typeof clue === 'string') return { text: clue };
  return given({
    text: clue.text,
    url: clue.coverId === undefined ? undefined : coverUrlOf(clue.coverId),
  });
}

/** Without the fields that are undefined: MessagePack and comparisons would show them. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
