import { z } from 'zod';
import { schemas, type Role } from './schema.js';

/** One setting of a daemon, as people meet it; read from the schema, so that the two can't differ. */
export interface Setting {
  /** In the file: `lnd.socket`. */
  key: string;
  /** In the environment: `TERCET_LND_SOCKET`. */
  environment: string;
  /** On the command line: `--lnd-socket`. */
  flag: string;
  type: 'string' | 'integer' | 'boolean' | 'array';
  /** What is allowed, in words: `a whole number from 3 to 6`. */
  allowed: string;
  /** Undefined: none; the description says what happens then. */
  fallback: unknown;
  description: string;
  /** Its value is never shown (S36). */
  secret: boolean;
}

/** The part of a JSON schema that the settings use. */
interface Node {
  type?: string;
  properties?: Record<string, Node>;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  default?: unknown;
  description?: string;
  form?: string;
  secret?: boolean;
}

const kebab = (key: string): string =>
  key.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const allowed = (node: Node): string => {
  if (node.enum) return `one of ${node.enum.join(', ')}`;
  if (node.form !== undefined) return node.form;
  if (node.type === 'integer')
    return `a whole number from ${String(node.minimum)} to ${String(node.maximum)}`;
  return node.type === 'boolean' ? 'true or false' : 'text';
};

const isLeafType = (type: string | undefined): type is Setting['type'] =>
  type === 'string' || type === 'integer' || type === 'boolean' || type === 'array';

const collect = (node: Node, prefix: string): Setting[] =>
  Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = prefix + name;
    if (child.properties) return collect(child, `${key}.`);
    if (!isLeafType(child.type)) throw new Error(`setting ${key} has no type that a flag can carry`);
    const dashed = kebab(key);
    return [
      {
        key,
        environment: `TERCET_${dashed.replaceAll('-', '_').toUpperCase()}`,
        flag: `--${dashed}`,
        type: child.type,
        allowed: allowed(child),
        fallback: child.default,
        description: child.description ?? '',
        secret: child.secret === true,
      },
    ];
  });

/** All settings of a daemon, in the order of the schema. */
export const settingsOf = (role: Role): Setting[] =>
  collect(z.toJSONSchema(schemas[role], { io: 'input' }) as Node, '');
