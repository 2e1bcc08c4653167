import { analyze } from './dead-letter/analyze';
import { discard } from './dead-letter/discard';
import { list as listLetters } from './dead-letter/list';
import { redrive } from './dead-letter/redrive';
import { keys } from './queue/keys';
import { pause } from './queue/pause';
import { resume } from './queue/resume';
import { setWeight } from './queue/set-weight';
import { whyIdle } from './queue/why-idle';
import { cancel, cancelMany } from './task/cancel';
import { claim } from './task/claim';
import { enqueue } from './task/enqueue';
import { explain } from './task/explain';
import { inspect } from './task/inspect';
import { list } from './task/list';
import { peek } from './task/peek';
import { list as listTypes } from './type/list';
import { set as setType } from './type/set';

/** By resource and operation. A dead letter is inspected as any task is. */
export const ACTIONS = {
	task: { cancel, cancelMany, claim, enqueue, explain, inspect, list, peek },
	queue: { keys, pause, resume, setWeight, whyIdle },
	deadLetter: { analyze, discard, inspect, list: listLetters, redrive },
	type: { list: listTypes, set: setType },
};
