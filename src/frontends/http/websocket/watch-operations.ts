import { z } from 'zod';
import type { WatchOptions } from '../../../service/watching.ts';
import { encodingField } from '../documents/fields.ts';
import { pathFrom } from '../exchange/decode.ts';
import { positionFrom } from '../exchange/position.ts';
import { badRequest } from '../exchange/problem.ts';
import { operation } from './operation.ts';

const watch = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({
    path: z.string(),
    recursive: z.boolean().optional(),
    from: z.string().optional(),
    initial: z.boolean().optional(),
    values: z.boolean().optional(),
    encoding: encodingField,
  }),
  run(context, { id, body, timeoutMs }, done) {
    const { recursive, from, initial = false, values = false, encoding } = body;
    if (from !== undefined && initial) {
      throw badRequest('from and initial exclude each other: resume a stream, or begin one');
    }
    const path = pathFrom(body.path);
    const options: WatchOptions = {
      path,
      scope: recursive === true ? 'recursive' : 'node',
      ...(from !== undefined && { from: positionFrom(from, 'from') }),
      initial,
      withData: values,
      timeoutMs,
    };
    const outlet = context.outlet();
    context.claim(id, { values, encoding }, () => {
      outlet.unwatch(id);
    });
    // What the watch has to say comes after the answer that it is there.
    done({
      ok: { path },
      after: () => {
        outlet.watch(id, options);
      },
    });
  },
});

const unwatch = operation({
  // Of what was asked for before, all is there.
  kind: 'alone',
  changesState: false,
  schema: z.strictObject({ watch: z.int().min(0) }),
  run(context, { body }, done) {
    done({ ok: { removed: context.release(body.watch) } });
  },
});

export const watchOperations = { watch, unwatch } as const;
