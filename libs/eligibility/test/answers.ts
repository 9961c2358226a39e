import type { Answers, PacketRules } from '@app/contracts';
import { optionId, poseQuestion, withFirstQuestion, type PosedQuestion, type Who } from '../src/quiz.js';

const ACCURACY_METERS = 10;

/**
 * What a person who knows would send: the phrase, the ids of the right options in this person's order, the centre of the
 * place. Of several gates of a kind the first password and place count, and all quizzes. Nothing for members and tasks.
 */
export function rightAnswers(rules: PacketRules, who: Who): Answers {
  return answersOf(rules, who, {
    password: (phrase) => phrase,
    option: ({ rightOption }) => rightOption,
    place: (point) => point,
  });
}

/** Complete answers in which everything is wrong: another phrase, another option each time, the far side of the earth. */
export function wrongAnswers(rules: PacketRules, who: Who): Answers {
  return answersOf(rules, who, {
    // No character composes with an x, so the phrase has become longer in any normal form.
    password: (phrase) => `${phrase}x`,
    option: ({ options, rightOption }) =>
      options.map((_, position) => optionId(position)).find((option) => option !== rightOption)!,
    place: ({ lat, lng }) => ({ lat: -lat, lng: lng > 0 ? lng - 180 : lng + 180 }),
  });
}

interface Choice {
  password(phrase: string): string;
  option(question: PosedQuestion): string;
  place(point: { lat: number; lng: number }): { lat: number; lng: number };
}

function answersOf(rules: PacketRules, who: Who, choose: Choice): Answers {
  const answers: Answers = {};
  for (const [gate, first] of withFirstQuestion(rules.gates)) {
    if (gate.kind === 'password') answers.password ??= choose.password(gate.phrase);
    if (gate.kind === 'quiz') {
      const posed = gate.questions.map((question, k) => poseQuestion(question, first + k, rules.salt, who));
      const chosen = posed.map((question) => ({ question: question.id, option: choose.option(question) }));
      answers.quiz = [...(answers.quiz ?? []), ...chosen];
    }
    if (gate.kind === 'place') {
      const { lat, lng } = choose.place({ lat: gate.lat, lng: gate.lng });
      answers.place ??= { lat, lng, accuracyMeters: ACCURACY_METERS };
    }
  }
  return answers;
}
