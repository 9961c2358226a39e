import type { Answers, Gate, PacketRules } from '@app/contracts';
import { judgePhrase } from './phrase.js';
import { isAtPlace } from './place.js';
import { judgeQuiz, withFirstQuestion, type Who } from './quiz.js';

type Mark = 'met' | 'unmet' | 'wrong';

/** `reason` is the kind of the first gate that was not met. `wrong`: that counts as a try. */
export type GatesJudgement =
  { mark: 'met'; reason?: undefined } | { mark: 'unmet' | 'wrong'; reason: Gate['kind'] };

const MET: GatesJudgement = Object.freeze({ mark: 'met' });

/**
 * Judges the gates in their order and stops at the first that is not met. `wrong` when that is a password or quiz gate
 * for which something was given; so an answer behind another gate that is not met neither counts as a try nor is told
 * right from wrong. A blank password and an empty list of quiz answers are nothing given.
 *
 * `answers` must have passed `answersSchema`. `tasksDone`: ids of the tasks the host app vouched for, for this person.
 */
export function judgeGates(
  rules: PacketRules,
  who: Who,
  answers: Answers | undefined,
  tasksDone: ReadonlySet<string>,
): GatesJudgement {
  for (const [gate, firstQuestion] of withFirstQuestion(rules.gates)) {
    const mark =
      gate.kind === 'quiz'
        ? judgeQuiz(gate, firstQuestion, rules, who, answers?.quiz)
        : judgeGate(gate, who.userId, answers, tasksDone);
    if (mark !== 'met') return { mark, reason: gate.kind };
  }
  return MET;
}

function judgeGate(
  gate: Exclude<Gate, { kind: 'quiz' }>,
  userId: string,
  answers: Answers | undefined,
  tasksDone: ReadonlySet<string>,
): Mark {
  switch (gate.kind) {
    case 'password':
      return judgePhrase(gate.phrase, answers?.password);
    case 'place':
      return answers?.place && isAtPlace(gate, answers.place) ? 'met' : 'unmet';
    case 'members':
      return gate.userIds.includes(userId) ? 'met' : 'unmet';
    case 'task':
      return tasksDone.has(gate.taskId) ? 'met' : 'unmet';
  }
}
