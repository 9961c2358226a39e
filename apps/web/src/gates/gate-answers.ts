import type { Answers, GateView } from '@app/contracts';

export type Place = NonNullable<Answers['place']>;

/**
 * What a person filled in. A quiz is kept by its words: each packet has ids of its own for the same questions, and one
 * form answers for all packets of a rain.
 */
export interface GateDraft {
  password: string;
  quiz: Readonly<Record<string, string>>;
  place: Place | null;
}

export const EMPTY_DRAFT: GateDraft = { password: '', quiz: {}, place: null };

export type Missing = 'password' | 'quiz' | 'place';

/** What still has to be filled in, in the order of the gates. */
export function missingIn(gates: readonly GateView[], draft: GateDraft): Missing[] {
  const missing = gates.filter((gate) => {
    if (gate.kind === 'password') return draft.password.trim() === '';
    if (gate.kind === 'quiz') return gate.questions.some(({ text }) => draft.quiz[text] === undefined);
    return gate.kind === 'place' && draft.place === null;
  });
  return [...new Set(missing.map(({ kind }) => kind as Missing))];
}

/** As the server wants them, with the ids of these gates. What no gate asks for is left out. */
export function answersFor(gates: readonly GateView[], draft: GateDraft): Answers {
  const answers: Answers = {};
  for (const gate of gates) {
    if (gate.kind === 'password') answers.password = draft.password;
    if (gate.kind === 'place' && draft.place) answers.place = draft.place;
    if (gate.kind !== 'quiz') continue;
    const chosen = gate.questions.flatMap(({ question, text, options }) => {
      const option = options.find((one) => one.text === draft.quiz[text])?.option;
      return option === undefined ? [] : [{ question, option }];
    });
    answers.quiz = [...(answers.quiz ?? []), ...chosen];
  }
  return answers;
}
