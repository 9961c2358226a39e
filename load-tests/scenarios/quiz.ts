/** What of a gate a person needs to answer a quiz: as in `packet.gates`, with ids of this person's own. */
export interface Gate {
  kind: string;
  questions?: { question: string; options: { option: string; text: string }[] }[];
}

/** `answers` of a grab: for each question the first option that is right, by the texts of all right ones, or that is not. */
export function quizAnswers(
  gates: readonly Gate[],
  right: readonly string[],
  isRight: boolean,
): { quiz: { question: string; option: string }[] } {
  const questions = gates.flatMap((gate) => (gate.kind === 'quiz' ? (gate.questions ?? []) : []));
  return {
    quiz: questions.map(({ question, options }) => {
      const option = options.find(({ text }) => right.includes(text) === isRight) ?? options[0]!;
      return { question, option: option.option };
    }),
  };
}
