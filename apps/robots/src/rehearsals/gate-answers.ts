import type { Answers, Gate, GateView } from '@app/contracts';

const ACCURACY_METERS = 10;

type QuizView = Extract<GateView, { kind: 'quiz' }>;
type QuizGate = Extract<Gate, { kind: 'quiz' }>;

/**
 * What a person who knows the gates types and taps, or one who is wrong in all of them: another phrase, another option of
 * each question, the far side of the earth. `views` as the packet showed them to this person, in the order of `gates`;
 * options are found by their texts, as people find them.
 */
export function answersTo(
  gates: readonly Gate[],
  views: readonly GateView[],
  are: 'right' | 'wrong',
): Answers {
  const isRight = are === 'right';
  const answers: Answers = {};
  for (const [k, gate] of gates.entries()) {
    const view = views[k];
    // The first password and place count, and all quizzes.
    if (gate.kind === 'password') answers.password ??= isRight ? gate.phrase : `${gate.phrase}x`;
    if (gate.kind === 'place') answers.place ??= placeOf(gate, isRight);
    if (gate.kind === 'quiz' && view?.kind === 'quiz')
      answers.quiz = [...(answers.quiz ?? []), ...chosen(gate, view, isRight)];
  }
  return answers;
}

function chosen(gate: QuizGate, view: QuizView, isRight: boolean): NonNullable<Answers['quiz']> {
  return view.questions.flatMap(({ question, options }, k) => {
    const asked = gate.questions[k];
    const right = asked?.options[asked.answer];
    const option = options.find(({ text }) => (text === right) === isRight);
    return option ? [{ question, option: option.option }] : [];
  });
}

function placeOf({ lat, lng }: { lat: number; lng: number }, isRight: boolean) {
  const there = isRight ? { lat, lng } : { lat: -lat, lng: lng > 0 ? lng - 180 : lng + 180 };
  return { ...there, accuracyMeters: ACCURACY_METERS };
}
