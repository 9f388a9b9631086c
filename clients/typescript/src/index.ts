import createFetchClient, { type Client, type ClientOptions } from 'openapi-fetch';

import type { components, paths } from './schema.js';

export type { components, operations, paths } from './schema.js';
export { type OnTermsEvent, WebhookVerificationError, verifyNotification } from './webhooks.js';

/** The API's schemas by their names: `Schemas['Payment']`. */
export type Schemas = components['schemas'];

export interface OnTermsOptions extends ClientOptions {
  /** Where the service is, such as `https://pay.shop.example`. */
  baseUrl: string;
  /** A bearer token, or a function that gets one for each request. */
  token: string | (() => string | Promise<string>);
}

/**
 * A client whose paths, bodies and answers are typed: `client.POST('/v1/payments', { … })` gives `{ data, error, response }`.
 *
 * A POST that needs an `Idempotency-Key` says so in its type. Use the same key when the same request is sent again.
 */
export function createClient({ token, ...options }: OnTermsOptions): Client<paths> {
  const client = createFetchClient<paths>(options);
  client.use({
    async onRequest({ request }) {
      const value = typeof token === 'string' ? token : await token();
      request.headers.set('Authorization', `Bearer ${value}`);
      return request;
    },
  });
  return client;
}
