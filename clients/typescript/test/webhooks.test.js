import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';

import { WebhookVerificationError, verifyNotification } from '../dist/index.js';

const OLD = `whsec_${Buffer.from('an old secret of 32 bytes, .....').toString('base64')}`;
const NEW = `whsec_${Buffer.from('a new secret of 32 bytes, ......').toString('base64')}`;
const event = { specversion: '1.0', id: 'evt_1', type: 'payment.paid', data: { status: 'paid' } };
const body = JSON.stringify(event);

function signature(secret, text, id, timestamp) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64')}`;
}

function headers({ secrets = [OLD], text = body, id = 'evt_1', age = 0 } = {}) {
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => signature(secret, text, id, timestamp)).join(' '),
  };
}

const refused = (body, headers, secrets) =>
  assert.throws(() => verifyNotification(body, headers, secrets), WebhookVerificationError);

test('an event is given back that was signed with the secret', () => {
  assert.deepEqual(verifyNotification(body, headers(), OLD), event);
  assert.deepEqual(verifyNotification(Buffer.from(body), new Headers(headers()), OLD), event);
});

test('names of headers are read in any case', () => {
  const upper = Object.fromEntries(Object.entries(headers()).map(([name, value]) => [name.toUpperCase(), value]));
  assert.deepEqual(verifyNotification(body, upper, OLD), event);
});

test('either secret verifies while one replaces the other', () => {
  const both = headers({ secrets: [NEW, OLD] });
  for (const secrets of [OLD, NEW, [OLD, NEW], [NEW, OLD]]) assert.deepEqual(verifyNotification(body, both, secrets), event);
  assert.deepEqual(verifyNotification(body, headers({ secrets: [NEW] }), [OLD, NEW]), event);
});

test('what was changed, signed by somebody else or left out is refused', () => {
  refused(`${body} `, headers(), OLD);
  refused(body, headers(), NEW);
  refused(body, headers(), []);
  refused(body, { ...headers(), 'webhook-id': 'evt_2' }, OLD);
  for (const name of Object.keys(headers())) refused(body, { ...headers(), [name]: undefined }, OLD);
  for (const value of ['', 'v1,', 'v1', 'v2,AAAA', 'garbage', ',', 'v1,AAAA v1,']) {
    refused(body, { ...headers(), 'webhook-signature': value }, OLD);
  }
});

test('five minutes are the most that a clock may differ', () => {
  assert.deepEqual(verifyNotification(body, headers({ age: 290 }), OLD), event);
  assert.deepEqual(verifyNotification(body, headers({ age: -290 }), OLD), event);
  refused(body, headers({ age: 310 }), OLD);
  refused(body, headers({ age: -310 }), OLD);
  for (const value of ['', 'yesterday']) refused(body, { ...headers(), 'webhook-timestamp': value }, OLD);
});
