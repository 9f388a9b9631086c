import {
  authorizePayment,
  createInvoice,
  createPayment,
  getIntegration,
  getPayment,
  listEligibleMethods,
  refundPayment,
  updateIntegration,
} from './generated/orval/client';
import type { Cart } from './generated/orval/client';
import { equal, present, sell, setting } from './story';

// `giftWrap` and `salesRegion` are attributes of the shop's own.
const cart: Cart = {
  currency: 'USD',
  website: 'us-store',
  total: '640.50',
  shippingAmount: '40.50',
  giftWrap: true,
  customer: { id: 42, name: 'Acme', salesRegion: 'west' },
  customerUser: { email: 'amanda@acme.example' },
  billingAddress: { countryIso2: 'US', regionCode: 'CA', postalCode: '90210' },
  lineItems: [{ productSku: '1GB82', quantity: 5, price: { value: '120.00', currency: 'USD' } }],
};

// The client names paths alone; the address is the environment's.
const plain = globalThis.fetch;
globalThis.fetch = (input, init) =>
  plain(typeof input === 'string' && input.startsWith('/') ? `${setting('SERVICE')}${input}` : input, init);

const storefront = { Authorization: `Bearer ${setting('SHOP')}` };
const admin = { Authorization: `Bearer ${setting('ADMIN')}` };
const keyed = (who: { Authorization: string }) => ({ headers: { ...who, 'Idempotency-Key': crypto.randomUUID() } });

await sell(
  {
    async offered() {
      const answer = await listEligibleMethods(cart, undefined, { headers: storefront });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      return answer.data.offered.map((it) => it.id);
    },
    async begin(paymentMethodId, orderId) {
      const answer = await createPayment({ paymentMethodId, orderId, cart }, undefined, keyed(storefront));
      if (answer.status !== 201) throw new Error(JSON.stringify(answer));
      const { order, secureHash } = present(answer.data.nextAction, answer);
      return { id: answer.data.id, order, secureHash };
    },
    async refused(paymentMethodId, orderId) {
      const price = { value: '120.00', currency: 'EUR' } as const;
      const foreign: Cart = { ...cart, currency: 'EUR', lineItems: [{ productSku: '1GB82', quantity: 5, price }] };
      const answer = await createPayment({ paymentMethodId, orderId, cart: foreign }, undefined, keyed(storefront));
      if (answer.status !== 409) throw new Error(JSON.stringify(answer));
      return 'reasons' in answer.data ? answer.data.reasons.map((it) => it.code) : [];
    },
    async authorize(id, apruveOrderId) {
      const answer = await authorizePayment(id, { apruveOrderId }, keyed(storefront));
      if (answer.status !== 200 && answer.status !== 202) throw new Error(JSON.stringify(answer));
      return answer.data.status;
    },
    async invoice(id) {
      const answer = await createInvoice(id, { shipment: {} }, keyed(admin));
      if (answer.status !== 201) throw new Error(JSON.stringify(answer));
      return { id: answer.data.id, providerId: present(answer.data.providerId, answer) };
    },
    async status(id) {
      const answer = await getPayment(id, { headers: storefront });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      return { status: answer.data.status, captured: answer.data.amounts.captured };
    },
    async refund(id, invoiceId, amount) {
      const answer = await refundPayment(id, { invoiceId, amount, currency: 'USD', reason: 'Damaged' }, keyed(admin));
      if (answer.status !== 201) throw new Error(JSON.stringify(answer));
      return answer.data.payment.amounts.returned;
    },
    async rename(id, name) {
      const read = await getIntegration(id, { headers: admin });
      if (read.status !== 200) throw new Error(JSON.stringify(read));
      if (read.data.type === 'apruve') equal(read.data.settings.testMode, true, 'testMode');
      const etag = present(read.headers.get('etag'), read);
      const answer = await updateIntegration(
        id,
        { name, settings: { fundingAlertHours: 48 } },
        undefined,
        { headers: { ...admin, 'If-Match': etag } },
      );
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      return answer.data.name;
    },
  },
  'orval',
);
