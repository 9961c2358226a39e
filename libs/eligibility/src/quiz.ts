import { createHmac } from 'node:crypto';
import type { Answers, Gate, PacketRules } from '@app/contracts';

export interface Who {
  packetId: string;
  userId: string;
}
export type QuizGate = Extract<Gate, { kind: 'quiz' }>;
type Question = QuizGate['questions'][number];

const OPTION_IDS = 'abcdefgh';
const DRAW_BYTES = 4;

/** One question as one person sees it; `options` by their position shown. */
export interface PosedQuestion {
  id: string;
  text: string;
  options: string[];
  rightOption: string;
}

/** The gates, each with the number of its first question: questions count from 1 through all quizzes of a packet. */
export function* withFirstQuestion(gates: readonly Gate[]): Generator<[gate: Gate, first: number]> {
  let first = 1;
  for (const gate of gates) {
    yield [gate, first];
    if (gate.kind === 'quiz') first += gate.questions.length;
  }
}

/**
 * A question with its options in the person's own order; their ids go by the position shown, so another person's ids say
 * nothing. (Texts do: who is told the right text can find it.) Nothing in it depends on which option is right but
 * `rightOption`.
 */
export function poseQuestion(question: Question, number: number, salt: string, who: Who): PosedQuestion {
  const order = shownOrder(question.options.length, number, salt, who);
  return {
    id: `q${number}`,
    text: question.text,
    options: order.map((index) => question.options[index]!),
    rightOption: optionId(order.indexOf(question.answer)),
  };
}

export function optionId(position: number): string {
  return OPTION_IDS.charAt(position);
}

/**
 * Fisher-Yates with draws of 32 bits from HMAC-SHA256(salt, "<packetId>|<userId>|<number>"). By taking remainders an order
 * is likelier than another by less than 2^-28. The 32 bytes are enough for 9 options.
 */
function shownOrder(count: number, number: number, salt: string, { packetId, userId }: Who): number[] {
  const draws = createHmac('sha256', salt).update(`${packetId}|${userId}|${number}`).digest();
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const chosen = draws.readUInt32BE((last - 1) * DRAW_BYTES) % (last + 1);
    [order[last], order[chosen]] = [order[chosen]!, order[last]!];
  }
  return order;
}

/**
 * `met` by exactly one right answer to each question, in any order. Anything else that was given is `wrong`, also when
 * only some questions are answered: else each could be tried alone at no cost. Answers to the packet's other quizzes
 * don't count here.
 */
export function judgeQuiz(
  quiz: QuizGate,
  first: number,
  rules: PacketRules,
  who: Who,
  given: Answers['quiz'],
): 'met' | 'unmet' | 'wrong' {
  const { questions } = quiz;
  const others = idsOfOtherQuizzes(rules, quiz);
  const mine = (given ?? []).filter(({ question }) => !others.has(question));
  if (mine.length === 0) return 'unmet';
  if (mine.length !== questions.length) return 'wrong';
  const chosen = new Map(mine.map(({ question, option }) => [question, option]));
  const isRight = questions.every((question, k) => {
    const id = `q${first + k}`;
    return (
      chosen.has(id) && chosen.get(id) === poseQuestion(question, first + k, rules.salt, who).rightOption
    );
  });
  return isRight ? 'met' : 'wrong';
}

function idsOfOtherQuizzes(rules: PacketRules, quiz: QuizGate): Set<string> {
  const ids = new Set<string>();
  for (const [gate, first] of withFirstQuestion(rules.gates)) {
    if (gate.kind !== 'quiz' || gate === quiz) continue;
    for (let k = 0; k < gate.questions.length; k += 1) ids.add(`q${first + k}`);
  }
  return ids;
}
