// The sale that every generated client runs: from the cart to the refund, against a real service and the sandbox.
//
// Each client implements `Shop` with its own generated types, so that what is sent and read is checked by the compiler.

export interface Begun {
  id: string;
  order: unknown;
  secureHash: string;
}

export interface Shop {
  /** The ids of the methods that the cart may use. */
  offered(): Promise<string[]>;
  begin(method: string, orderId: string): Promise<Begun>;
  /** The codes of the reasons why a cart in another currency may not be paid with the method. */
  refused(method: string, orderId: string): Promise<string[]>;
  /** The payment's status after the buyer has confirmed. */
  authorize(id: string, apruveOrderId: string): Promise<string>;
  invoice(id: string): Promise<{ id: string; providerId: string }>;
  status(id: string): Promise<{ status: string; captured: string }>;
  /** What is returned after the refund. */
  refund(id: string, invoiceId: string, amount: string): Promise<string>;
  /** Renames the integration with a patch of one member. */
  rename(integration: string, name: string): Promise<string>;
}

export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

/** What an answer holds, or an error with all that was answered instead. */
export function present<T>(value: T | null | undefined, answer: unknown): T {
  if (value === null || value === undefined) throw new Error(JSON.stringify(answer));
  return value;
}

const sandbox = setting('SANDBOX');

async function control(path: string, body: unknown = {}): Promise<Record<string, string>> {
  const answer = await fetch(`${sandbox}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
}

/** The buyer confirms, as Apruve's popup lets them; the id of the order at Apruve. */
async function confirm(begun: Begun): Promise<string> {
  const popup = await control('/js/v4/checkouts', { order: begun.order, secure_hash: begun.secureHash });
  const placed = await control(`/js/v4/checkouts/${popup['id']}/place`, { approve: true });
  return present(placed['order_id'], placed);
}

export async function sell(shop: Shop, name: string): Promise<void> {
  const method = setting('METHOD');
  equal(await shop.offered(), [method], 'offered');
  equal(await shop.refused(method, `${name}-0`), ['currency_mismatch', 'currency_unsupported'], 'refused');
  const begun = await shop.begin(method, `${name}-1`);
  equal(await shop.authorize(begun.id, await confirm(begun)), 'authorized', 'authorized');
  const invoice = await shop.invoice(begun.id);
  await control(`/control/invoices/${invoice.providerId}/fund`);
  await control('/control/webhooks/flush');
  let now = await shop.status(begun.id);
  // The webhook is applied behind its answer; the test's own time limit ends a wait that leads nowhere.
  while (now.status !== 'paid') now = await shop.status(begun.id);
  equal(now.captured, '640.50', 'captured');
  equal(await shop.refund(begun.id, invoice.id, '40.50'), '40.50', 'refunded');
  equal(await shop.rename(setting('INTEGRATION'), name), name, 'renamed');
  console.log(`${name}: sold and refunded`);
}
