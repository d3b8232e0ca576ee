// What in one OpenAPI document breaks a client of an older one. Small on purpose: it knows what openapi/quoll.yaml uses.

interface Referring {
  readonly $ref?: string;
}

interface Schema extends Referring, Readonly<Partial<Record<Bound, number>>> {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Parameter extends Referring {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Body extends Referring {
  readonly required?: boolean;
  readonly content?: Content;
}

interface Response extends Referring {
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Content;
}

interface Header extends Referring {
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Response>>;
}

type Item = { readonly parameters?: readonly Parameter[] } & Readonly<
  Partial<Record<(typeof verbs)[number], Operation>>
>;

interface Document {
  readonly paths: Readonly<Record<string, Item>>;
}

interface Context {
  readonly before: Document;
  readonly after: Document;
  readonly breaks: string[];
  /** Pairs of schemas that have been looked at: they may hold themselves. */
  readonly compared: Set<string>;
}

/** An older and a newer one. */
type Pair<T> = readonly [T, T];
type Direction = 'sent' | 'received';
/** A part of a document on the way to what a reference names. */
type Part = Readonly<Record<string, unknown>>;
type Say = (what: string) => void;

const verbs = ['get', 'head', 'post', 'put', 'delete', 'patch', 'options'] as const;

/** Gives the complaints, one for each break, as text; `before` and `after` are parsed documents. */
export function breakingChanges(before: object, after: object): readonly string[] {
  const breaks: string[] = [];
  const context: Context = {
    before: before as Document,
    after: after as Document,
    breaks,
    compared: new Set(),
  };
  for (const [path, item] of Object.entries(context.before.paths)) {
    const newItem = context.after.paths[path];
    if (newItem === undefined) {
      breaks.push(`${path}: the path is gone`);
      continue;
    }
    for (const verb of verbs) {
      const [old, now] = [item[verb], newItem[verb]];
      if (old === undefined) continue;
      const where = `${verb.toUpperCase()} ${path}`;
      if (now === undefined) breaks.push(`${where}: the method is gone`);
      else compareOperations(context, where, [item, old], [newItem, now]);
    }
  }
  return [...new Set(breaks)];
}

function compareOperations(
  context: Context,
  where: string,
  [oldItem, old]: readonly [Item, Operation],
  [newItem, now]: readonly [Item, Operation],
): void {
  const { breaks } = context;
  if (old.operationId !== now.operationId) {
    breaks.push(`${where}: operationId was ${old.operationId} and is ${now.operationId}`);
  }
  const oldParameters = parametersOf(context.before, oldItem, old);
  const newParameters = parametersOf(context.after, newItem, now);
  for (const [key, parameter] of oldParameters) {
    const other = newParameters.get(key);
    if (other === undefined) breaks.push(`${where}: the parameter ${key} is gone`);
    else compareSchemas(context, `${where}: ${key}`, 'sent', [parameter.schema, other.schema]);
  }
  for (const [key, parameter] of newParameters) {
    const wasRequired = oldParameters.get(key)?.required === true;
    if (parameter.required === true && !wasRequired) {
      breaks.push(`${where}: the parameter ${key} is now required`);
    }
  }
  compareBodies(context, where, [old.requestBody, now.requestBody]);
  for (const [status, response] of Object.entries(old.responses)) {
    const other = now.responses[status];
    if (other === undefined) breaks.push(`${where}: the response ${status} is gone`);
    else compareResponses(context, `${where} -> ${status}`, [response, other]);
  }
}

function parametersOf(
  document: Document,
  item: Item,
  operation: Operation,
): ReadonlyMap<string, Parameter> {
  const all = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
  return new Map(
    all
      .map((parameter) => resolve(document, parameter))
      .map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]),
  );
}

function compareBodies(
  context: Context,
  where: string,
  [oldBody, newBody]: Pair<Body | undefined>,
): void {
  const old = oldBody && resolve(context.before, oldBody);
  const now = newBody && resolve(context.after, newBody);
  if (now?.required === true && old?.required !== true) {
    context.breaks.push(`${where}: the body is now required`);
  }
  compareContents(context, `${where}: body`, 'sent', [old?.content, now?.content]);
}

function compareResponses(
  context: Context,
  where: string,
  [oldResponse, newResponse]: Pair<Response>,
): void {
  const old = resolve(context.before, oldResponse);
  const now = resolve(context.after, newResponse);
  for (const [name, described] of Object.entries(old.headers ?? {})) {
    const header = resolve(context.before, described);
    const newHeader = now.headers?.[name];
    if (newHeader === undefined) context.breaks.push(`${where}: the header ${name} is gone`);
    else {
      const other = resolve(context.after, newHeader);
      if (header.required === true && other.required !== true) {
        context.breaks.push(`${where}: the header ${name} is not always sent any more`);
      }
      compareSchemas(context, `${where}: ${name}`, 'received', [header.schema, other.schema]);
    }
  }
  compareContents(context, where, 'received', [old.content, now.content]);
}

function compareContents(
  context: Context,
  where: string,
  direction: Direction,
  [old = {}, now = {}]: Pair<Content | undefined>,
): void {
  for (const [type, media] of Object.entries(old)) {
    const other = now[type];
    if (other === undefined) context.breaks.push(`${where}: the content type ${type} is gone`);
    else compareSchemas(context, `${where}: ${type}`, direction, [media.schema, other.schema]);
  }
}

/** `direction`: what clients send may become less strict, what they receive more so; not the other way round. */
function compareSchemas(
  context: Context,
  where: string,
  direction: Direction,
  [oldSchema = {}, newSchema = {}]: Pair<Schema | undefined>,
): void {
  const pair = `${direction} ${JSON.stringify(oldSchema)} ${JSON.stringify(newSchema)}`;
  if (context.compared.has(pair)) return;
  context.compared.add(pair);
  const old = resolve(context.before, oldSchema);
  const now = resolve(context.after, newSchema);
  const say = (what: string): void => {
    context.breaks.push(`${placeOf(oldSchema) ?? where}: ${what}`);
  };
  compareTypes(say, direction, old, now);
  compareEnums(say, direction, old, now);
  compareBounds(say, direction, old, now);
  compareProperties(context, { where: placeOf(oldSchema) ?? where, direction }, old, now);
  for (const part of ['items', 'additionalProperties'] as const) {
    const pair = [old[part], now[part]] as const;
    if (typeof pair[0] === 'object' && typeof pair[1] === 'object') {
      compareSchemas(context, `${where}/${part}`, direction, [pair[0], pair[1]]);
    }
  }
  if (
    direction === 'sent' &&
    old.additionalProperties !== false &&
    now.additionalProperties === false
  ) {
    say('unknown fields are refused now');
  }
  compareVariants(context, { where, direction, say }, old, now);
}

function compareTypes(say: Say, direction: Direction, old: Schema, now: Schema): void {
  const [before, after] = [typesOf(old), typesOf(now)];
  const [narrow, wide] = direction === 'sent' ? [before, after] : [after, before];
  // Without a type anything goes.
  const fits =
    wide === undefined || (narrow !== undefined && narrow.every((type) => isIn(type, wide)));
  if (!fits) say(`the type was ${before?.join() ?? 'any'} and is ${after?.join() ?? 'any'}`);
}

function typesOf(schema: Schema): readonly string[] | undefined {
  return schema.type === undefined ? undefined : [schema.type].flat();
}

function isIn(type: string, types: readonly string[]): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

/** A value fewer breaks both ways: a client sends it, or waits for it. That values are added is for clients to bear. */
function compareEnums(say: Say, direction: Direction, old: Schema, now: Schema): void {
  const [before, after] = [valuesOf(old), valuesOf(now)];
  if (after === undefined) {
    const isOpen = before !== undefined && direction === 'received';
    if (isOpen && !isAmong(before, now)) say('any value may come now');
    return;
  }
  if (before === undefined) {
    if (direction === 'sent') say(`only ${after.join(', ')} may be sent now`);
    return;
  }
  const gone = before.filter((value) => !after.includes(value));
  if (gone.length > 0) say(`values are gone: ${gone.join(', ')}`);
}

/** A pattern that what came before matches has values added, as a longer list has. */
function isAmong(values: readonly unknown[], { pattern }: Schema): boolean {
  if (pattern === undefined) return false;
  const expression = new RegExp(pattern, 'u');
  return values.every((value) => typeof value === 'string' && expression.test(value));
}

function valuesOf(schema: Schema): readonly unknown[] | undefined {
  return 'const' in schema ? [schema.const] : schema.enum;
}

const lowerBounds = ['minimum', 'minLength', 'minItems'] as const;
const upperBounds = ['maximum', 'maxLength', 'maxItems'] as const;
type Bound = (typeof lowerBounds)[number] | (typeof upperBounds)[number];

function compareBounds(say: Say, direction: Direction, old: Schema, now: Schema): void {
  const [loose, strict] = direction === 'sent' ? [old, now] : [now, old];
  for (const bound of [...lowerBounds, ...upperBounds]) {
    const isLower = (lowerBounds as readonly Bound[]).includes(bound);
    const limit = strict[bound];
    const given = loose[bound] ?? (isLower ? -Infinity : Infinity);
    if (limit !== undefined && (isLower ? limit > given : limit < given)) {
      say(`${bound} was ${String(old[bound] ?? 'none')} and is ${String(now[bound] ?? 'none')}`);
    }
  }
  if (strict.pattern !== undefined && strict.pattern !== loose.pattern) {
    say(`the pattern was ${old.pattern ?? 'none'} and is ${now.pattern ?? 'none'}`);
  }
}

function compareProperties(
  context: Context,
  { where, direction }: { readonly where: string; readonly direction: Direction },
  old: Schema,
  now: Schema,
): void {
  for (const [name, property] of Object.entries(old.properties ?? {})) {
    const other = now.properties?.[name];
    if (other === undefined) context.breaks.push(`${where}: the property ${name} is gone`);
    else compareSchemas(context, `${where}/${name}`, direction, [property, other]);
  }
  const [before, after] = [old.required ?? [], now.required ?? []];
  if (direction === 'sent') {
    for (const name of after.filter((each) => !before.includes(each))) {
      context.breaks.push(`${where}: the property ${name} is now required`);
    }
  } else {
    for (const name of before.filter((each) => !after.includes(each))) {
      context.breaks.push(`${where}: the property ${name} is not always sent any more`);
    }
  }
}

/** A variant is known by its reference, its `op` or, without either, its place. */
function compareVariants(
  context: Context,
  place: { readonly where: string; readonly direction: Direction; readonly say: Say },
  old: Schema,
  now: Schema,
): void {
  const { where, direction, say } = place;
  for (const kind of ['oneOf', 'anyOf', 'allOf'] as const) {
    const before = old[kind] ?? [];
    const after = now[kind] ?? [];
    for (const [index, variant] of before.entries()) {
      const key = keyOf(context.before, variant, index);
      const other = after.find((each, at) => keyOf(context.after, each, at) === key);
      if (other === undefined) say(`the variant ${key} is gone`);
      else compareSchemas(context, `${where}/${key}`, direction, [variant, other]);
    }
    if (kind === 'allOf' && direction === 'sent' && after.length > before.length) {
      say('more is asked of it now');
    }
  }
}

function keyOf(document: Document, variant: Schema, index: number): string {
  const op = resolve(document, variant).properties?.['op']?.const as string | undefined;
  return variant.$ref ?? op ?? `${kindOfSchema(variant)} ${String(index)}`;
}

function kindOfSchema(schema: Schema): string {
  return typesOf(schema)?.join() ?? 'variant';
}

/** A schema of its own is reported by its name, once, wherever it is used. */
function placeOf(schema: Schema): string | undefined {
  return schema.$ref?.replace('#/components/', '');
}

function resolve<T extends Referring>(document: Document, value: T): T {
  let found: T | undefined = value;
  for (let steps = 0; found?.$ref !== undefined && steps < 16; steps++) {
    const path = found.$ref.replace(/^#\//, '').split('/');
    found = path
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((at, step) => (at as Part | undefined)?.[step], document) as T | undefined;
  }
  if (found === undefined) throw new Error(`${JSON.stringify(value)} leads nowhere`);
  return found;
}
