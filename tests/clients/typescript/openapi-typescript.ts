import createClient from 'openapi-fetch';

import type { components, paths } from './generated/openapi-typescript/schema';
import { equal, present, sell, setting } from './story';

type Cart = components['schemas']['Cart'];

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
  lineItems: [{ productSku: '1GB82', quantity: 5, price: { value: '120.00', currency: 'USD' }, engraving: 'A. C.' }],
};

const client = (token: string) =>
  createClient<paths>({ baseUrl: setting('SERVICE'), headers: { Authorization: `Bearer ${token}` } });
const storefront = client(setting('SHOP'));
const admin = client(setting('ADMIN'));
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });

await sell(
  {
    async offered() {
      const { data, error } = await storefront.POST('/v1/checkout/payment-methods', { body: cart });
      return present(data, error).offered.map((it) => it.id);
    },
    async begin(paymentMethodId, orderId) {
      const { data, error } = await storefront.POST('/v1/payments', {
        params: { header: key() },
        body: { paymentMethodId, orderId, cart },
      });
      const payment = present(data, error);
      const { order, secureHash } = present(payment.nextAction, payment);
      return { id: payment.id, order, secureHash };
    },
    async refused(paymentMethodId, orderId) {
      const { error } = await storefront.POST('/v1/payments', {
        params: { header: key() },
        body: {
          paymentMethodId,
          orderId,
          cart: { ...cart, currency: 'EUR', lineItems: [{ productSku: '1GB82', quantity: 5, price: { value: '120.00', currency: 'EUR' } }] },
        },
      });
      const problem = present(error, 'a success');
      equal(problem.type, '/problems/not-eligible', 'type');
      return 'reasons' in problem ? (problem.reasons ?? []).map((it) => it.code) : [];
    },
    async authorize(id, apruveOrderId) {
      const { data, error } = await storefront.POST('/v1/payments/{id}/authorize', {
        params: { path: { id }, header: key() },
        body: { apruveOrderId },
      });
      return present(data, error).status;
    },
    async invoice(id) {
      const { data, error } = await admin.POST('/v1/payments/{id}/invoices', {
        params: { path: { id }, header: key() },
        body: { shipment: {} },
      });
      const invoice = present(data, error);
      return { id: invoice.id, providerId: present(invoice.providerId, invoice) };
    },
    async status(id) {
      const { data, error } = await storefront.GET('/v1/payments/{id}', { params: { path: { id } } });
      const { status, amounts } = present(data, error);
      return { status, captured: amounts.captured };
    },
    async refund(id, invoiceId, amount) {
      const { data, error } = await admin.POST('/v1/payments/{id}/refunds', {
        params: { path: { id }, header: key() },
        body: { invoiceId, amount, currency: 'USD', reason: 'Damaged' },
      });
      return present(data, error).payment.amounts.returned;
    },
    async rename(id, name) {
      const path = { id };
      const read = await admin.GET('/v1/integrations/{id}', { params: { path } });
      const integration = present(read.data, read.error);
      if (integration.type === 'apruve') equal(integration.settings.testMode, true, 'testMode');
      const { data, error } = await admin.PATCH('/v1/integrations/{id}', {
        params: { path, header: { 'If-Match': present(read.response.headers.get('etag'), read) } },
        body: { name, settings: { fundingAlertHours: 48 } },
      });
      return present(data, error).name;
    },
  },
  'openapi-typescript',
);
