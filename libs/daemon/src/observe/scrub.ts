/**
 * Takes out of a text what may be a secret (S36), by form: texts come from nodes, databases and libraries, which put whole invoices
 * and credentials in their messages.
 */
const FORMS: [RegExp, string | ((found: string) => string)][] = [
  // Credentials in a URL.
  [/:\/\/[^\s/@]*@/g, '://***@'],
  // A BOLT-11 payment request (all networks).
  [/\bln(?:bcrt|bc|tbs|tb)[0-9a-z]{20,}/gi, 'ln***'],
  // A Nostr secret key, an extended private key.
  [/\b(?:nsec1|[xt]prv)[0-9a-z]{20,}/gi, '***'],
  // A value behind a name that says what it is.
  [/\b(macaroon|preimage|seed|mnemonic|password|token|secret)(["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1$2***'],
  // Hashes and keys look like preimages and macaroons: enough stays to recognise one, not to use it.
  [/\b[0-9a-f]{40,}\b/gi, (found) => `${found.slice(0, 8)}...`],
  [/\b[A-Za-z0-9+_-]{60,}={0,2}/g, (found) => `${found.slice(0, 4)}...`],
  // Twelve or more short lower-case words in a row: a BIP-39 seed is one, a sentence has punctuation before that.
  [/\b(?:[a-z]{3,8} ){11,}[a-z]{3,8}\b/g, '***'],
];

/** The text with everything that may be a secret shortened or starred. */
export const scrub = (text: string): string =>
  FORMS.reduce(
    (rest, [form, instead]) =>
      typeof instead === 'string' ? rest.replace(form, instead) : rest.replace(form, instead),
    text,
  );
