import fc from 'fast-check';
import type { KnownValues } from './known-values.ts';

/** As much of JSON Schema as the OpenAPI document of the farm uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** Values that fit a schema; those that the farm is known to have are preferred, for fields of that name. */
export class ValuesFor {
  readonly #named: Readonly<Record<string, Schema>>;
  readonly #known: KnownValues;
  readonly #made = new Map<Schema, fc.Arbitrary<unknown>>();

  constructor(named: Readonly<Record<string, Schema>>, known: KnownValues) {
    this.#named = named;
    this.#known = known;
  }

  of(schema: Schema, name = ''): fc.Arbitrary<unknown> {
    const own = this.#ofSchema(schema);
    if (name === '') return own;
    const known = fc.nat().map((at) => this.#known.at(name, at));
    return fc
      .tuple(own, known, fc.nat(3))
      .map(([made, old, which]) => (which > 0 && old !== undefined ? old : made));
  }

  #ofSchema(schema: Schema): fc.Arbitrary<unknown> {
    const made = this.#made.get(schema) ?? this.#make(schema);
    this.#made.set(schema, made);
    return made;
  }

  #make(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref) return this.#ofSchema(this.#named[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const any = schema.anyOf ?? schema.oneOf;
    if (any) return fc.oneof(...any.map((one) => this.#ofSchema(one)));
    if (schema.allOf) return this.#ofAll(schema.allOf);
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
    if (types.length === 0) return fc.jsonValue({ maxDepth: 1 });
    return fc.oneof(...types.map((type) => this.#ofType(type, schema)));
  }

  #ofAll(parts: readonly Schema[]): fc.Arbitrary<unknown> {
    const all = parts.filter((part) => Object.keys(part).length > 0).map((part) => this.#ofSchema(part));
    return fc
      .tuple(...all)
      .map((made) => (made.length === 1 ? made[0] : Object.assign({}, ...(made as object[]))));
  }

  #ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
    if (type === 'string') return ofString(schema);
    if (type === 'integer') return ofInteger(schema);
    if (type === 'number') return ofNumber(schema);
    if (type === 'boolean') return fc.boolean();
    if (type === 'array') return this.#ofArray(schema);
    if (type === 'object') return this.#ofObject(schema);
    return fc.constant(null);
  }

  #ofArray({ items = {}, minItems = 0, maxItems = 3 }: Schema): fc.Arbitrary<unknown> {
    return fc.array(this.#ofSchema(items), {
      minLength: minItems,
      maxLength: Math.max(minItems, Math.min(maxItems, 3)),
    });
  }

  #ofObject({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
    const fields = Object.entries(properties).map(([name, part]) => [name, this.of(part, name)] as const);
    const record = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
    if (fields.length > 0 || typeof additionalProperties !== 'object') return record;
    return fc.dictionary(fc.string({ maxLength: 8 }), this.#ofSchema(additionalProperties), { maxKeys: 2 });
  }
}

const ADDRESSES = ['http://127.0.0.1:9', 'https://127.0.0.1:9/x', 'javascript:1', 'file:///etc/passwd'];

function ofString({ pattern, format, minLength = 0, maxLength = 30 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'uri') return fc.constantFrom(...ADDRESSES);
  const longest = Math.max(minLength, Math.min(maxLength, 60));
  const free = fc.string({ unit: 'binary', minLength, maxLength: longest });
  if (!pattern) return fc.oneof(fc.string({ minLength, maxLength: longest }), free);
  // Patterns in which fast-check does not know its way are left to the values that the farm is known to have.
  try {
    return fc.stringMatching(new RegExp(pattern, 'u'));
  } catch {
    return free;
  }
}

function ofInteger(schema: Schema): fc.Arbitrary<unknown> {
  const min = Math.ceil(schema.minimum ?? (schema.exclusiveMinimum ?? -(2 ** 53)) + 1);
  const max = Math.floor(schema.maximum ?? (schema.exclusiveMaximum ?? 2 ** 53) - 1);
  const near = fc.integer({ min: Math.max(min, -3), max: Math.max(Math.max(min, -3), Math.min(max, 12)) });
  return fc.oneof(
    near,
    fc.maxSafeInteger().map((number) => Math.min(max, Math.max(min, number))),
    fc.constantFrom(min, max),
  );
}

function ofNumber(schema: Schema): fc.Arbitrary<unknown> {
  const min = schema.minimum ?? schema.exclusiveMinimum ?? -1e300;
  const max = schema.maximum ?? schema.exclusiveMaximum ?? 1e300;
  return fc.oneof(
    fc.constantFrom(1, 0.5, 24, 60).map((number) => Math.min(max, Math.max(min, number))),
    fc.double({ min, max, noNaN: true }),
  );
}
