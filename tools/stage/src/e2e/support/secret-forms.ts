/** Finds a secret in bytes, in every form in which a program may have written it. */

export interface Secret {
  name: string;
  text: string;
}
export interface Found {
  secret: string;
  form: string;
  at: number;
}

/** A secret as text, as JSON writes it, as hex, as bytes, and as base64 wherever it may begin in it. */
export function formsOf(text: string): [form: string, bytes: Buffer][] {
  const utf8 = Buffer.from(text);
  const raw = /^([0-9a-f]{2}){16,}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  const bytes = raw ?? utf8;
  const forms: [string, Buffer][] = [
    ['text', utf8],
    ['JSON', Buffer.from(JSON.stringify(text).slice(1, -1))],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ...base64Of(bytes),
    ...(raw ? base64Of(utf8) : []),
  ];
  return raw ? [...forms, ['bytes', raw]] : forms;
}

/** Base64 of the bytes behind zero, one or two others, without the signs that the others take part in. */
const base64Of = (bytes: Buffer): [string, Buffer][] =>
  [0, 1, 2].flatMap((before) =>
    (['base64', 'base64url'] as const).map((form): [string, Buffer] => {
      const text = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(form)
        .replace(/=+$/, '');
      return [form, Buffer.from(text.slice(before === 0 ? 0 : before + 1, -2))];
    }),
  );

/** Every secret that is in these bytes, with the form and the place. */
export function secretsIn(bytes: Buffer, secrets: readonly Secret[]): Found[] {
  return secrets.flatMap(({ name, text }) =>
    formsOf(text).flatMap(([form, wanted]) => {
      const at = bytes.indexOf(wanted);
      return at < 0 ? [] : [{ secret: name, form, at }];
    }),
  );
}
