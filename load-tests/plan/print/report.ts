import type { CostsFile } from '../costs.ts';
import { ASSUMED, DESIGN } from '../design.ts';
import type { PlanAnswer } from '../plan.ts';
import { breaksOf } from '../breaks.ts';
import { drawnInText } from './chart.ts';
import { bits, bytes, count, ms, percent, table, whole, wrapped } from './numbers.ts';

const WIDTH = 108;
const BREAKS_SHOWN = 5;

/** The whole answer for people. */
export function reported(answer: PlanAnswer): string {
  return [
    asked(answer),
    tiers(answer),
    breaks(answer),
    latency(answer),
    prediction(answer),
    assumptions(answer),
  ].join('\n\n');
}

function asked({ plan }: PlanAnswer): string {
  const { target, demand, firstMisses } = plan;
  const repeated = demand.misses - firstMisses;
  const rooms = `${count(target.sends)} packets a second to ${count(target.audience)} people each, `;
  const lines = [
    `For ${count(target.peak)} grabs/s by ${count(target.people)} people connected; ${target.sends > 0 ? rooms : ''}${count(target.shares)} shares over ${count(target.dropSeconds)} s.`,
    `In the busiest second: ${count(demand.wins)} wins, ${count(firstMisses)} first misses (these ask the store too), ${count(repeated)} misses from a gateway's memory,`,
    `${count(demand.pushes)} pushes${demand.dropPushes > 0 ? `; before it ${count(demand.dropPushes)} pushes a second to tell of the drop` : ''}; ${count(demand.settled)} claims settled.`,
  ];
  return lines.join('\n');
}

function tiers({ plan, busy }: PlanAnswer): string {
  const rows = plan.tiers.map((tier) => {
    const bound = tier.bounds.toSorted((a, b) => b.units - a.units)[0]!;
    const copies = tier.replicas > 0 ? ` + ${whole(tier.count * tier.replicas)}` : '';
    return [
      tier.name,
      `${whole(tier.count)}${copies}`,
      bound.what,
      percent(tier.cores / (tier.count * (tier.name === 'Postgres' ? plan.hardware.postgresCores : 1))),
      tier.memoryBytes > 0 ? bytes(tier.memoryBytes) : '-',
      bits(tier.inBytesPerSecond),
      bits(tier.outBytesPerSecond),
    ];
  });
  const { disk } = plan;
  const shares = busy
    .filter(({ share }) => share >= 0.005)
    .map(({ what, share }) => `${what} ${percent(share)}`)
    .join(', ');
  return [
    table([['tier', 'count + copies', 'bound by', 'CPU', 'memory', 'in', 'out'], ...rows], [0, 2]),
    '',
    `${whole(plan.regions)} region${plan.regions > 1 ? 's, each a deployment of its own' : ''}; together some ${whole(plan.machines)} machines of ${plan.hardware.coresPerMachine} cores.`,
    ...tooFew(plan),
    `Gateways are busy with: ${shares}.`,
    `Postgres in the end: ${bytes(disk.rowBytes)} of rows, ${bytes(disk.logBytes)} of log written, ${bytes(disk.logBytesPerSecond)}/s at the peak. Settings: below.`,
  ].join('\n');
}

function tooFew({ regions, walls }: PlanAnswer['plan']): string[] {
  const worst = walls.toSorted((a, b) => b.regions - a.regions)[0]!;
  if (worst.regions <= regions) return [];
  return [`TOO FEW REGIONS for this: it takes ${whole(Math.ceil(worst.regions))}, for ${worst.what}.`];
}

function breaks({ plan }: PlanAnswer): string {
  const all = breaksOf(plan);
  const rows = all
    .slice(0, BREAKS_SHOWN)
    .map(({ what, at }) => [what, `${count(at * plan.demand.grabs)} grabs/s`, `${count(at)}×`]);
  const walls = plan.walls
    .filter(({ regions }) => regions > 0)
    .toSorted((a, b) => b.regions - a.regions)
    .slice(0, BREAKS_SHOWN)
    .map(({ what, regions }) => [what, `${count(plan.demand.grabs / regions)} grabs/s`, `${count(regions)}`]);
  return [
    'What is full first, when the peak grows and nothing is added (no margin left):',
    indented(table(rows)),
    '',
    'What one region alone could bear of such a load, and so how many regions it takes (with margins):',
    indented(table(walls)),
  ].join('\n');
}

function latency({ latency: points }: PlanAnswer): string {
  const shown = (at: { p50: number; p99: number; p999: number } | undefined) =>
    at ? [ms(at.p50), ms(at.p99), ms(at.p999)] : ['-', '-', '-'];
  const rows = points.map(({ load, won, soldOut }) => [`${load}×`, ...shown(won), ...shown(soldOut)]);
  return [
    'Latency against load (simulated: open Poisson arrivals, from the frame at the gateway to its ack):',
    '',
    drawnInText(points),
    '',
    indented(table([['load', 'won p50', 'p99', 'p99.9', 'sold out p50', 'p99', 'p99.9'], ...rows])),
  ].join('\n');
}

function prediction({ prediction: made, file }: PlanAnswer): string {
  if (!made) return 'The model was not compared with a breakpoint: there is no kept result of one.';
  const { seen, predicted, errorPercent, atMost, cores, commits, sameCommit } = made;
  const rows = Object.entries(cores).map(([name, { seen: was, model }]) => [
    name,
    percent(was),
    percent(model),
  ]);
  return [
    `The model on the machine of the kept breakpoint (${made.load.cores} cores for the service and k6, p99 of ${atMost} ms):`,
    `  predicted ${whole(predicted)} grabs/s, seen ${whole(seen)}, error ${errorPercent > 0 ? '+' : ''}${Math.round(errorPercent)} %. At ${whole(seen)}/s the model has a p99 of ${ms(made.p99AtSeenRate)}; of a core:`,
    indented(table([['process', 'seen', 'model'], ...rows])),
    sameCommit
      ? `  Both at commit ${commits.seen}.`
      : `  The run was of commit ${commits.seen}, the costs of ${commits.costs} (${file.measuredAt.slice(0, 10)}): where the code changed between them, so did its cost.`,
  ].join('\n');
}

function assumptions({ plan, file }: PlanAnswer): string {
  const { hardware, target } = plan;
  const lines = [
    `Costs: ${origins(file)}, on ${file.machine.cpu}, ${file.machine.cores} cores. A core of the target is taken to be as fast, and to have its own cache and memory.`,
    `Margin: at the peak each core, network and disk is used to ${percent(hardware.headroom)}; a gateway keeps ${percent(ASSUMED.hearingShare)} of that for news of people elsewhere. Memory: Redis to ${percent(ASSUMED.redisMemoryUse)} (it rewrites its file), gateways to ${percent(ASSUMED.gatewayMemoryUse)}.`,
    `Machines: ${hardware.coresPerMachine} cores, ${bytes(hardware.memoryPerMachineBytes)}, ${bits(hardware.nicBytesPerSecond)}; ${bytes(hardware.gatewayMemoryBytes)} for a gateway, ${bytes(hardware.redisMemoryBytes)} for a Redis master. Nothing kept for a machine that dies.`,
    `Assumed, not measured: ${ASSUMED.framingBytes} bytes of TCP, IP and TLS for a frame; TLS itself ends before the gateways and is not in their CPU; people and their grabs spread evenly over gateways, packets over masters; replicas keep up; Postgres uses more cores as well as one.`,
    `Design: ${DESIGN.slots} slots, ${DESIGN.grabsPerCallMax} grabs to a call, ${plan.claimsPerJob} claims to a job (what comes in ${DESIGN.gatherMs.max} ms, at most ${DESIGN.claimsPerRead}), one queue Redis and one Postgres primary to a region, each region with people, packets and wallets of its own.`,
    `A master takes ${count(plan.storeGrabsPerMaster)} grabs/s in turns of ${ASSUMED.cycleMsMax} ms, each turn with one sync. Sold out: a gateway asks once for each packet or partition, then answers from memory.`,
    `Postgres: synchronous_commit on; shared_buffers a quarter of its memory, max_wal_size ${bytes(Math.max(1e9, (plan.disk.logBytesPerSecond * 300) / plan.regions))} or more (a checkpoint in 5 minutes), log on a disk of its own with ${bytes(plan.disk.logBytesPerSecond / plan.regions)}/s to each primary, ${sessions(plan.tiers, plan.regions)} sessions for settlement.`,
    ...(target.staggerSeconds > ASSUMED.reactSeconds
      ? [
          `Staggered over ${target.staggerSeconds} s, the peak of first taps (all within ${ASSUMED.reactSeconds} s of the opening, assumed) becomes ${count(plan.demand.grabs)}/s.`,
        ]
      : []),
  ];
  return ['Assumptions and margins:', ...lines.map((line) => `  - ${wrapped(line, WIDTH - 4, '    ')}`)].join(
    '\n',
  );
}

function sessions(all: PlanAnswer['plan']['tiers'], regions: number): string {
  const workers = all.find(({ name }) => name === 'workers')!.count;
  return whole((workers * DESIGN.transactionsAtOnce) / regions);
}

function origins({ costs, measuredAt, commit }: CostsFile): string {
  const bench = new Set(
    Object.values(costs)
      .filter(({ from }) => from.includes('bench'))
      .map(({ from }) => /B\d+/.exec(from)?.[0]),
  );
  const probe = `measured by npm run plan -- --measure on ${measuredAt.slice(0, 10)} at commit ${commit}`;
  return bench.size > 0 ? `${probe}, and of npm run bench ${[...bench].join(', ')}` : probe;
}

const indented = (text: string) => text.replaceAll(/^/gm, '  ');
