import { Webhook, WebhookVerificationError } from 'standardwebhooks';

import type { webhooks } from './schema.js';

export { WebhookVerificationError };

type BodyOf<T> = T extends { post: { requestBody: { content: { 'application/cloudevents+json': infer Body } } } }
  ? Body
  : never;

/**
 * An event of this version's list, told apart by its `type`. Later versions add types: leave those alone that you do
 * not know.
 */
export type OnTermsEvent = { [Type in keyof webhooks]: BodyOf<webhooks[Type]> & { type: Type } }[keyof webhooks];

/** Request headers as Node's `http`, Express or `fetch` have them. */
export type RequestHeaders = Headers | Record<string, string | string[] | undefined>;

const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * The event in a notification, after its signature was verified by the official library of Standard Webhooks: in constant
 * time, with each signature of the header, and at most five minutes old.
 *
 * `body` is the request's body as it came, before anything parses it. While a secret is replaced, give both: the
 * notification may be signed with either.
 *
 * @throws WebhookVerificationError if it is not signed with one of the secrets, changed, or too old.
 */
export function verifyNotification(
  body: string | Uint8Array,
  headers: RequestHeaders,
  secrets: string | readonly string[],
): OnTermsEvent {
  const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body);
  const signed = Object.fromEntries(NAMES.map((name) => [name, headerOf(headers, name)]));
  let refused: unknown = new WebhookVerificationError('No secret is given');
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets) {
    try {
      return new Webhook(secret).verify(text, signed) as OnTermsEvent;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      refused = error;
    }
  }
  throw refused;
}

function headerOf(headers: RequestHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const found = Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1];
  return Array.isArray(found) ? found.join(' ') : (found ?? '');
}
