import type { Workload } from '../model/workload.ts';
import { breakpoint } from './breakpoint.ts';
import { campaignEvening } from './campaign-evening.ts';
import { rain } from './rain.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { smoke } from './smoke.ts';
import { soak } from './soak.ts';
import { spike } from './spike.ts';
import { springFestival2014 } from './spring-festival-2014.ts';
import { springFestival2015 } from './spring-festival-2015.ts';
import { springFestival2016 } from './spring-festival-2016.ts';
import { springFestival2017 } from './spring-festival-2017.ts';
import { steady } from './steady.ts';

const all: Workload[] = [
  ...[smoke, steady, spike, soak, breakpoint, reconnectStorm, campaignEvening, rain],
  ...[springFestival2014, springFestival2015, springFestival2016, springFestival2017],
];

/** By name, in the order in which a list shows them. */
export const workloads: Readonly<Record<string, Workload>> = Object.fromEntries(
  all.map((workload) => [workload.name, workload]),
);
