import { createClient } from './generated/hey-api/client';
import {
  authorizePayment,
  createInvoice,
  createPayment,
  getIntegration,
  getPayment,
  listEligibleMethods,
  refundPayment,
  updateIntegration,
} from './generated/hey-api/sdk.gen';
import type { Cart } from './generated/hey-api/types.gen';
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

const of = (token: string) => createClient({ baseUrl: setting('SERVICE'), auth: () => token });
const storefront = of(setting('SHOP'));
const admin = of(setting('ADMIN'));
const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });

await sell(
  {
    async offered() {
      const { data, error } = await listEligibleMethods({ client: storefront, body: cart });
      return present(data, error).offered.map((it) => it.id);
    },
    async begin(paymentMethodId, orderId) {
      const { data, error } = await createPayment({
        client: storefront,
        headers: key(),
        body: { paymentMethodId, orderId, cart },
      });
      const payment = present(data, error);
      const { order, secureHash } = present(payment.nextAction, payment);
      return { id: payment.id, order, secureHash };
    },
    async refused(paymentMethodId, orderId) {
      const price = { value: '120.00', currency: 'EUR' } as const;
      const { error } = await createPayment({
        client: storefront,
        headers: key(),
        body: { paymentMethodId, orderId, cart: { ...cart, currency: 'EUR', lineItems: [{ productSku: '1GB82', quantity: 5, price }] } },
      });
      const problem = present(error, 'a success');
      return 'reasons' in problem ? (problem.reasons ?? []).map((it) => it.code) : [];
    },
    async authorize(id, apruveOrderId) {
      const { data, error } = await authorizePayment({ client: storefront, path: { id }, headers: key(), body: { apruveOrderId } });
      return present(data, error).status;
    },
    async invoice(id) {
      const { data, error } = await createInvoice({ client: admin, path: { id }, headers: key(), body: { shipment: {} } });
      const invoice = present(data, error);
      return { id: invoice.id, providerId: present(invoice.providerId, invoice) };
    },
    async status(id) {
      const { data, error } = await getPayment({ client: storefront, path: { id } });
      const { status, amounts } = present(data, error);
      return { status, captured: amounts.captured };
    },
    async refund(id, invoiceId, amount) {
      const body = { invoiceId, amount, currency: 'USD', reason: 'Damaged' } as const;
      const { data, error } = await refundPayment({ client: admin, path: { id }, headers: key(), body });
      return present(data, error).payment.amounts.returned;
    },
    async rename(id, name) {
      const read = await getIntegration({ client: admin, path: { id } });
      const integration = present(read.data, read.error);
      if (integration.type === 'apruve') equal(integration.settings.testMode, true, 'testMode');
      const etag = present(read.response.headers.get('etag'), read.error);
      const { data, error } = await updateIntegration({
        client: admin,
        path: { id },
        headers: { 'If-Match': etag },
        body: { name, settings: { fundingAlertHours: 48 } },
      });
      return present(data, error).name;
    },
  },
  'hey-api',
);
