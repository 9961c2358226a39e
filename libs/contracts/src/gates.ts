import { z } from 'zod';
import { textSchema, userIdSchema, uuidSchema } from './text.js';

export const GATES_MAX = 8;
export const TRIES_MAX = 100;
export const QUESTIONS_MAX = 10;
export const OPTIONS_MAX = 8;
export const MEMBERS_IN_GATE_MAX = 500;
export const RADIUS_METERS_MIN = 10;
export const RADIUS_METERS_MAX = 50_000;

/** Something must be left of it once what nobody sees is taken away: else no answer could be right. */
const phraseSchema = textSchema(1, 64).refine(
  (phrase) => phrase.normalize('NFKC').replace(/[\s\p{Cf}]/gu, '') !== '',
  'must not be blank',
);
const triesMaxSchema = z.int().min(1).max(TRIES_MAX);
/** Ids of tasks, made by host apps. */
export const taskIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . -');

const questionSchema = z
  .strictObject({
    text: textSchema(1, 200),
    options: z.array(textSchema(1, 100)).min(2).max(OPTIONS_MAX),
    /** Index into `options` as given here. */
    answer: z.int().min(0),
  })
  .refine(({ options, answer }) => answer < options.length, {
    path: ['answer'],
    message: 'must be the index of an option',
  })
  .refine(({ options }) => new Set(options).size === options.length, {
    path: ['options'],
    message: 'must differ from each other',
  });

const ONCE = ['password', 'quiz', 'place'] as const;

/** A text, or a text and a picture (a cover's id) to recognise the place by. */
const clueSchema = z.union([
  textSchema(1, 200),
  z.strictObject({ text: textSchema(1, 200).optional(), coverId: uuidSchema.optional() }),
]);

/** A condition to meet before a grab counts, as its maker states it: with what is right. Never sent to a client. */
export const gateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('password'),
    phrase: phraseSchema,
    hint: textSchema(1, 100).optional(),
    triesMax: triesMaxSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('quiz'),
    questions: z.array(questionSchema).min(1).max(QUESTIONS_MAX),
    /** Wrong tries after which nothing counts any more; absent: as many as one likes. */
    triesMax: triesMaxSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('place'),
    lat: z.number().min(-90).max(90),
    lng: z.number().min(-180).max(180),
    radiusMeters: z.number().min(RADIUS_METERS_MIN).max(RADIUS_METERS_MAX),
    clue: clueSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('members'),
    userIds: z.array(userIdSchema).min(1).max(MEMBERS_IN_GATE_MAX),
  }),
  z.strictObject({ kind: z.literal('task'), taskId: taskIdSchema, title: textSchema(1, 100).optional() }),
]);
export type Gate = z.infer<typeof gateSchema>;
/** People give one password, one place and up to ten answers with a grab, so a packet asks for no more. */
export const gatesSchema = z
  .array(gateSchema)
  .max(GATES_MAX)
  .refine((gates) => ONCE.every((kind) => gates.filter((gate) => gate.kind === kind).length <= 1), {
    message: `may have one gate of each of these kinds: ${ONCE.join(', ')}`,
  });

/** What a client gives with a grab. `question` and `option` are the ids that came with the packet, for this person. */
export const answersSchema = z.strictObject({
  password: z.string().max(200).optional(),
  quiz: z
    .array(z.strictObject({ question: z.string().max(16), option: z.string().max(16) }))
    .max(QUESTIONS_MAX)
    .optional(),
  place: z
    .strictObject({
      lat: z.number().min(-90).max(90),
      lng: z.number().min(-180).max(180),
      accuracyMeters: z.number().min(0).max(1_000_000),
    })
    .optional(),
});
export type Answers = z.infer<typeof answersSchema>;

/** A gate as a person sees it: what is asked, never what is right. Options stand in an order of each person's own. */
export type GateView =
  | { kind: 'password'; hint?: string; triesMax?: number }
  | {
      kind: 'quiz';
      questions: { question: string; text: string; options: { option: string; text: string }[] }[];
      triesMax?: number;
    }
  | { kind: 'place'; radiusMeters: number; clue?: { text?: string; url?: string } }
  | { kind: 'members' }
  | { kind: 'task'; taskId: string; title?: string };
