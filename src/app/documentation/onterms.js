// Shows the document with Swagger UI. With a token, the examples get the ids of what this service has, so that they run.

const DOCUMENT = '../openapi.json';
// How the ids of all examples end.
const EXAMPLE = '01h455vb4pex5vsknk084sn02q';
const first = (items) => items[0];
// Both ids of an example are then of the same payment.
const invoiced = (items) => items.find((item) => item.invoices?.length > 0) ?? items[0];
// An id's prefix, a list, and what in it has such an id.
const LISTS = [
  ['payment', 'payments?limit=50', (items) => invoiced(items)?.id],
  ['txn', 'payments?limit=50', (items) => invoiced(items)?.invoices?.[0]?.id],
  ['rule', 'payment-rules?limit=1', (items) => first(items)?.id],
  ['integration', 'integrations?type=apruve&limit=1', (items) => first(items)?.id],
  ['apruve', 'integrations?type=apruve&limit=1', (items) => first(items)?.paymentMethodId],
  ['endpoint', 'notification-endpoints?limit=1', (items) => first(items)?.id],
  ['event', 'webhook-events?limit=1', (items) => first(items)?.id],
  ['finding', 'findings?limit=1', (items) => first(items)?.id],
  ['reconciliation', 'reconciliation/runs?limit=1', (items) => first(items)?.id],
];

const at = (id) => document.getElementById(id);
let text = null;

async function read(path, token) {
  const response = await fetch(`../v1/${path}`, { headers: { Authorization: `Bearer ${token}` } });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail ?? `The answer is ${response.status}.`);
  }
  return answer;
}

// What this token may not read stays an example.
async function idOf([prefix, path, id], token) {
  const found = await read(path, token).then(({ items }) => id(items), () => null);
  return [`${prefix}_${EXAMPLE}`, found];
}

// Makes "Execute" do something sensible as it stands: an optional parameter is left out unless somebody fills it in, and what
// has to be new each time is new.
function prepare(spec) {
  for (const operation of Object.values(spec.paths).flatMap(Object.values)) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.name === 'Idempotency-Key') {
        parameter.example = crypto.randomUUID();
      } else if (!parameter.required && parameter.example !== undefined) {
        parameter.description = `${parameter.description ?? ''} Example: \`${parameter.example}\``;
        delete parameter.example;
      }
    }
    const body = operation.requestBody?.content?.['application/json'];
    if (body?.example?.orderId) {
      body.example.orderId = `TRY-${Date.now()}`;
    }
  }
  return spec;
}

function show(described, token) {
  const place = document.createElement('div');
  place.id = 'operations';
  at('operations').replaceWith(place);
  const ui = window.SwaggerUIBundle({
    spec: prepare(described),
    domNode: place,
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    filter: true,
    validatorUrl: null,
    onComplete: () => token && ui.preauthorizeApiKey('bearer', token),
  });
}

async function use(event) {
  event.preventDefault();
  const token = at('token').value.trim();
  at('token-error').textContent = '';
  at('token-used').textContent = '';
  try {
    const me = await read('me', token);
    const ids = await Promise.all(LISTS.map((list) => idOf(list, token)));
    const found = ids.filter(([, id]) => id);
    const own = found.reduce((spec, [example, id]) => spec.replaceAll(example, id), text);
    show(JSON.parse(own), token);
    at('token-used').textContent = `In use, as ${me.subject}. ${found.length} kinds of examples have ids of this service.`;
  } catch (problem) {
    at('token-error').textContent = problem.message;
  }
}

at('use').addEventListener('submit', use);
text = await (await fetch(DOCUMENT)).text();
show(JSON.parse(text));
