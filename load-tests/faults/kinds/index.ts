import type { Fault } from '../fault.js';
import { disks } from './disks.js';
import { kills } from './kills.js';
import { network } from './network.js';
import { others } from './others.js';
import { redisData } from './redis-data.js';
import { stops } from './stops.js';

export const FAULTS: readonly Fault[] = [...kills, ...redisData, ...stops, ...network, ...disks, ...others];
