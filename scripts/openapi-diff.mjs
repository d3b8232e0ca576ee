// What in one OpenAPI document breaks a client of an older one. Small on purpose: it knows what openapi/quoll.yaml uses.

const verbs = ['get', 'head', 'post', 'put', 'delete', 'patch', 'options'];

/** Complaints, one for each break, as text; `before` and `after` are parsed documents. */
export function breakingChanges(before, after) {
  const breaks = [];
  const compared = new Set();
  const context = { before, after, breaks, compared };
  for (const [path, item] of Object.entries(before.paths)) {
    const newItem = after.paths[path];
    if (newItem === undefined) {
      breaks.push(`${path}: the path is gone`);
      continue;
    }
    for (const verb of verbs.filter((each) => item[each] !== undefined)) {
      const where = `${verb.toUpperCase()} ${path}`;
      if (newItem[verb] === undefined) breaks.push(`${where}: the method is gone`);
      else compareOperations(context, where, [item, item[verb]], [newItem, newItem[verb]]);
    }
  }
  return [...new Set(breaks)];
}

function compareOperations(context, where, [oldItem, old], [newItem, now]) {
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
    if (parameter.required === true && !wasRequired)
      breaks.push(`${where}: the parameter ${key} is now required`);
  }
  compareBodies(context, where, old.requestBody, now.requestBody);
  for (const [status, response] of Object.entries(old.responses)) {
    const other = now.responses[status];
    if (other === undefined) breaks.push(`${where}: the response ${status} is gone`);
    else compareResponses(context, `${where} -> ${status}`, response, other);
  }
}

function parametersOf(document, item, operation) {
  const all = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
  return new Map(
    all
      .map((parameter) => resolve(document, parameter))
      .map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]),
  );
}

function compareBodies(context, where, oldBody, newBody) {
  const old = oldBody && resolve(context.before, oldBody);
  const now = newBody && resolve(context.after, newBody);
  if (now?.required === true && old?.required !== true)
    context.breaks.push(`${where}: the body is now required`);
  compareContents(context, `${where}: body`, 'sent', [old?.content, now?.content]);
}

function compareResponses(context, where, oldResponse, newResponse) {
  const old = resolve(context.before, oldResponse);
  const now = resolve(context.after, newResponse);
  for (const [name, described] of Object.entries(old.headers ?? {})) {
    const header = resolve(context.before, described);
    const other = now.headers?.[name] && resolve(context.after, now.headers[name]);
    if (other === undefined) context.breaks.push(`${where}: the header ${name} is gone`);
    else {
      if (header.required === true && other.required !== true)
        context.breaks.push(`${where}: the header ${name} is not always sent any more`);
      compareSchemas(context, `${where}: ${name}`, 'received', [header.schema, other.schema]);
    }
  }
  compareContents(context, where, 'received', [old.content, now.content]);
}

function compareContents(context, where, direction, [old = {}, now = {}]) {
  for (const [type, media] of Object.entries(old)) {
    if (now[type] === undefined) context.breaks.push(`${where}: the content type ${type} is gone`);
    else compareSchemas(context, `${where}: ${type}`, direction, [media.schema, now[type].schema]);
  }
}

/** `direction`: what clients send may become less strict, what they receive more so; not the other way round. */
function compareSchemas(context, where, direction, [oldSchema = {}, newSchema = {}]) {
  const pair = `${direction} ${JSON.stringify(oldSchema)} ${JSON.stringify(newSchema)}`;
  if (context.compared.has(pair)) return;
  context.compared.add(pair);
  const old = resolve(context.before, oldSchema);
  const now = resolve(context.after, newSchema);
  const say = (what) => context.breaks.push(`${placeOf(oldSchema) ?? where}: ${what}`);
  compareTypes(say, direction, old, now);
  compareEnums(say, direction, old, now);
  compareBounds(say, direction, old, now);
  compareProperties(context, { where: placeOf(oldSchema) ?? where, direction }, old, now);
  for (const part of ['items', 'additionalProperties']) {
    if (typeof old[part] === 'object' && typeof now[part] === 'object')
      compareSchemas(context, `${where}/${part}`, direction, [old[part], now[part]]);
  }
  if (
    direction === 'sent' &&
    old.additionalProperties !== false &&
    now.additionalProperties === false
  )
    say('unknown fields are refused now');
  compareVariants(context, { where, direction, say }, old, now);
}

function compareTypes(say, direction, old, now) {
  const [before, after] = [typesOf(old), typesOf(now)];
  const [narrow, wide] = direction === 'sent' ? [before, after] : [after, before];
  // Without a type anything goes.
  const fits =
    wide === undefined || (narrow !== undefined && narrow.every((type) => isIn(type, wide)));
  if (!fits) say(`the type was ${before ?? 'any'} and is ${after ?? 'any'}`);
}

function typesOf(schema) {
  return schema.type === undefined ? undefined : [schema.type].flat();
}

function isIn(type, types) {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

/** A value fewer breaks both ways: a client sends it, or waits for it. That values are added is for clients to bear. */
function compareEnums(say, direction, old, now) {
  const [before, after] = [valuesOf(old), valuesOf(now)];
  if (after === undefined) {
    if (before !== undefined && direction === 'received') say('any value may come now');
    return;
  }
  if (before === undefined) {
    if (direction === 'sent') say(`only ${after.join(', ')} may be sent now`);
    return;
  }
  const gone = before.filter((value) => !after.includes(value));
  if (gone.length > 0) say(`values are gone: ${gone.join(', ')}`);
}

function valuesOf(schema) {
  return 'const' in schema ? [schema.const] : schema.enum;
}

const lowerBounds = ['minimum', 'minLength', 'minItems'];
const upperBounds = ['maximum', 'maxLength', 'maxItems'];

function compareBounds(say, direction, old, now) {
  const [loose, strict] = direction === 'sent' ? [old, now] : [now, old];
  for (const bound of [...lowerBounds, ...upperBounds]) {
    const isLower = lowerBounds.includes(bound);
    const limit = strict[bound];
    const given = loose[bound] ?? (isLower ? -Infinity : Infinity);
    if (limit !== undefined && (isLower ? limit > given : limit < given))
      say(`${bound} was ${old[bound] ?? 'none'} and is ${now[bound] ?? 'none'}`);
  }
  if (strict.pattern !== undefined && strict.pattern !== loose.pattern)
    say(`the pattern was ${old.pattern ?? 'none'} and is ${now.pattern ?? 'none'}`);
}

function compareProperties(context, { where, direction }, old, now) {
  for (const [name, property] of Object.entries(old.properties ?? {})) {
    const other = now.properties?.[name];
    if (other === undefined) context.breaks.push(`${where}: the property ${name} is gone`);
    else compareSchemas(context, `${where}/${name}`, direction, [property, other]);
  }
  const [before, after] = [old.required ?? [], now.required ?? []];
  if (direction === 'sent') {
    for (const name of after.filter((each) => !before.includes(each)))
      context.breaks.push(`${where}: the property ${name} is now required`);
  } else {
    for (const name of before.filter((each) => !after.includes(each)))
      context.breaks.push(`${where}: the property ${name} is not always sent any more`);
  }
}

/** A variant is known by its reference, its `op` or, without either, its place. */
function compareVariants(context, { where, direction, say }, old, now) {
  for (const kind of ['oneOf', 'anyOf', 'allOf']) {
    const before = old[kind] ?? [];
    const after = now[kind] ?? [];
    for (const [index, variant] of before.entries()) {
      const key = keyOf(context.before, variant, index);
      const at = after.findIndex((each, place) => keyOf(context.after, each, place) === key);
      if (at < 0) say(`the variant ${key} is gone`);
      else compareSchemas(context, `${where}/${key}`, direction, [variant, after[at]]);
    }
    if (kind === 'allOf' && direction === 'sent' && after.length > before.length)
      say('more is asked of it now');
  }
}

function keyOf(document, variant, index) {
  const op = resolve(document, variant).properties?.op?.const;
  return variant.$ref ?? op ?? `${kindOfSchema(variant)} ${String(index)}`;
}

function kindOfSchema(schema) {
  return String(schema.type ?? 'variant');
}

/** A schema of its own is reported by its name, once, wherever it is used. */
function placeOf(schema) {
  return schema.$ref?.replace('#/components/', '');
}

function resolve(document, value) {
  let found = value;
  for (let steps = 0; found?.$ref !== undefined && steps < 16; steps++) {
    found = found.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce((at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  }
  if (found === undefined) throw new Error(`${JSON.stringify(value)} leads nowhere`);
  return found;
}
