import { API_PREFIX } from '@akashganga/protocol';
import type { Schema } from './values-for.ts';

/** What of an OpenAPI document is used here. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedRoute>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface DocumentedRoute {
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** A route as its document describes it. */
export interface Operation {
  /** In capitals. */
  readonly method: string;
  /** Below `/api/v1`, with `{name}` for parameters. */
  readonly path: string;
  readonly params: Readonly<Record<string, Schema>>;
  readonly query: Readonly<Record<string, Schema>>;
  /** Null where none is taken. */
  readonly body: { readonly type: string; readonly schema: Schema } | null;
}

export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, route]) => {
      const [type, content] = Object.entries(route.requestBody?.content ?? {})[0] ?? [];
      return {
        method: method.toUpperCase(),
        path: path.slice(API_PREFIX.length),
        params: parameters(route, 'path'),
        query: parameters(route, 'query'),
        body: type === undefined ? null : { type, schema: content?.schema ?? {} },
      };
    }),
  );
}

function parameters(route: DocumentedRoute, where: string): Record<string, Schema> {
  const those = (route.parameters ?? []).filter((one) => one.in === where);
  return Object.fromEntries(those.map((one) => [one.name, one.schema ?? {}]));
}
