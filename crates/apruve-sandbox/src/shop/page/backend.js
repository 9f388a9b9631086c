// Calls of the shop's own backend, which has the tokens and the prices.

// What a problem says, field by field where it does.
function sentence(answer, status) {
  const errors = (answer.errors ?? []).map((error) => error.message);
  return errors.join(' ') || answer.detail || answer.error || `The answer is ${status}.`;
}

export class BackendError extends Error {
  constructor(answer, status) {
    super(sentence(answer, status));
    this.status = status;
  }
}

// Every call that makes or moves something has an Idempotency-Key of its own.
export async function call(method, path, body) {
  const options = { method };
  if (method !== 'GET') {
    options.headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
    options.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(`/shop/api/${path}`, options).catch(() => {
    throw new BackendError({ detail: 'The shop does not answer.' }, 0);
  });
  const text = await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    answer = { detail: text };
  }
  if (!response.ok) {
    throw new BackendError(answer, response.status);
  }
  return answer;
}
