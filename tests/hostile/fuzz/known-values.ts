/** What an id is called in paths, by the first part of the path that gave it. */
const idsOf: Readonly<Record<string, string>> = {
  jobs: 'job',
  workers: 'worker',
  'frame-servers': 'frameServer',
  tokens: 'id',
  members: 'id',
  'join-codes': 'id',
  leases: 'lease',
};

const MOST = 60;

/** Values that the farm has said itself, by the name of the field: with them requests get further than by chance. */
export class KnownValues {
  readonly #values = new Map<string, unknown[]>();
  readonly #spared: ReadonlySet<unknown>;
  #added = 0;

  /** `spared` are never used as ids of tokens or members: the callers themselves would be shut out. */
  constructor(spared: Iterable<unknown>) {
    this.#spared = new Set(spared);
  }

  add(name: string, ...values: readonly unknown[]): void {
    const known = this.#values.get(name) ?? [];
    this.#values.set(name, known);
    for (const value of values) {
      if (name === 'id' && this.#spared.has(value)) continue;
      this.#added += 1;
      if (known.length < MOST) known.push(value);
      else known[this.#added % MOST] = value;
    }
  }

  at(name: string, at: number): unknown {
    const known = this.#values.get(name);
    return known?.[at % known.length];
  }

  /** Takes up what an answer of the farm says. */
  learn(room: string, answer: unknown, depth = 0): void {
    if (depth > 4 || typeof answer !== 'object' || answer === null) return;
    if (Array.isArray(answer)) {
      for (const one of answer.slice(0, 5)) this.learn(room, one, depth + 1);
      return;
    }
    for (const [name, value] of Object.entries(answer)) {
      const isId = name === 'id' && typeof value === 'string';
      if (isId) this.add(idsOf[room] ?? 'id', value);
      else if (typeof value === 'string' || typeof value === 'number') this.add(name, value);
      this.learn(name === 'leases' ? name : room, value, depth + 1);
    }
  }
}
