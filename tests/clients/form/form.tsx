// The settings of every type of integration as a generic form shows them, and an integration that is made by filling one in.
import Form from '@rjsf/core';
import type { RJSFSchema, UiSchema } from '@rjsf/utils';
import validator from '@rjsf/validator-ajv8';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

interface IntegrationType {
  type: string;
  settingsSchema: RJSFSchema;
  uiSchema: UiSchema;
}

const [service, token] = decodeURIComponent(location.hash.slice(1)).split(' ');
const headers = { Authorization: `Bearer ${token}`, 'Accept-Language': 'de-AT', 'Content-Type': 'application/json' };

/** What a person sees of a form, in its order. */
function facts(type: string): string {
  const form = document.getElementById(type);
  const fields = [...(form?.querySelectorAll(`[id^="${type}_"]`) ?? [])].filter(
    (it): it is HTMLInputElement => it.matches('input, textarea, select'),
  );
  const lines = fields.map((field) => {
    const label = form?.querySelector(`label[for="${field.id}"]`)?.textContent ?? field.closest('label')?.textContent ?? '';
    return `${field.id}: ${label.trim()} (${field.tagName === 'INPUT' ? field.type : field.tagName.toLowerCase()})`;
  });
  const help = [...(form?.querySelectorAll(`[id$="__description"]`) ?? [])].map((it) => it.textContent);
  return [...lines, ...help].join('\n');
}

function Settings({ type, settingsSchema, uiSchema }: IntegrationType) {
  const [told, setTold] = useState('');
  const [seen, setSeen] = useState('');
  async function create(settings: unknown) {
    const body = JSON.stringify({ type, name: `Form of ${type}`, label: { default: type }, settings });
    const answer = await fetch(`${service}/v1/integrations`, { method: 'POST', headers, body });
    const created = await answer.json();
    setTold(`${answer.status} ${answer.headers.get('etag')} ${created.type ?? created.detail}`);
  }
  return (
    <section id={type}>
      <Form
        idPrefix={type}
        schema={settingsSchema}
        uiSchema={uiSchema}
        validator={validator}
        onSubmit={({ formData }) => void create(formData)}
      >
        <button id={`save-${type}`}>Speichern</button>
      </Form>
      <button id={`look-${type}`} onClick={() => setSeen(facts(type))}>
        Was ist zu sehen?
      </button>
      {seen && <pre id={`seen-${type}`}>{seen}</pre>}
      <p id={`told-${type}`}>{told}</p>
    </section>
  );
}

const answer = await fetch(`${service}/v1/integration-types`, { headers });
const { items } = (await answer.json()) as { items: IntegrationType[] };
createRoot(document.getElementById('forms') as HTMLElement).render(items.map((it) => <Settings key={it.type} {...it} />));
