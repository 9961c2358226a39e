import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { verifyProof, type ProofVerdict } from '@app/domain';

const USAGE = 'npm run verify -- <proof.json>   (- reads standard input)';
const [OK, DIFFERENT, UNUSABLE] = [0, 1, 2];
/** The largest packet there is. A number that means nothing must not keep a machine busy for hours. */
const SHARES_MAX = 10_000_000;

/** `GET /packets/:id/proof`. What else it carries is of no use here. */
const proofSchema = z.object({
  version: z.string(),
  packetId: z.string(),
  seed: z.string(),
  commitment: z.string(),
  amount: z.int(),
  count: z.int().max(SHARES_MAX),
  min: z.int(),
  max: z.int(),
  claims: z.array(z.object({ ordinal: z.int(), amount: z.int() })),
});
type ProofFile = z.infer<typeof proofSchema>;

class InputError extends Error {}

/** `npm run verify`: recomputes a split and compares what was paid. Exit 0 ok, 1 a difference, 2 no proof to read. */
async function main(args: readonly string[]): Promise<number> {
  const [file, ...others] = args;
  if (!file || others.length > 0) throw new InputError(`one file is wanted: ${USAGE}`);
  const proof = parse(await read(file), file);
  const verdict = verdictOn(proof);
  console.log(`packet      ${proof.packetId}`);
  console.log(`commitment  ${proof.commitment}`);
  if (!verdict.ok) {
    console.log(`different: ${verdict.difference}`);
    return DIFFERENT;
  }
  console.log(`claims      ${verdict.claims} checked, of ${proof.count} shares`);
  console.log('ok');
  return OK;
}

/** Terms that no split can have are a difference too: nothing that was paid can come from them. */
function verdictOn(proof: ProofFile): ProofVerdict {
  try {
    return verifyProof(proof);
  } catch (error) {
    return { ok: false, difference: (error as Error).message };
  }
}

async function read(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    throw new InputError(`${nameOf(file)} can not be read: ${(error as Error).message}`);
  }
}

function parse(text: string, file: string): ProofFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${nameOf(file)} is not JSON`);
  }
  const parsed = proofSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new InputError(`${nameOf(file)} is not a proof: ${path.join('.') || 'the whole'}: ${message}`);
}

const nameOf = (file: string) => (file === '-' ? 'standard input' : file);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = UNUSABLE;
}
