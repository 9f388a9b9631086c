// Runs what a control starts, one after the other, and shows beside the control what went wrong.

import { at } from './elements.js';

let last = Promise.resolve();

// The control of this id needs an element `<id>-error`.
export function on(event, id, work) {
  at(id).addEventListener(event, (cause) => run(at(id), at(`${id}-error`), () => work(cause)));
}

// A second click while the first is under way would be a second operation.
export function run(control, error, work) {
  if (control.getAttribute('aria-disabled') === 'true') {
    return last;
  }
  control.setAttribute('aria-disabled', 'true');
  last = last.then(async () => {
    fail(control, error, '');
    try {
      await work();
    } catch (problem) {
      fail(control, error, problem.message);
    } finally {
      control.removeAttribute('aria-disabled');
    }
  });
  return last;
}

export function fail(control, error, message) {
  error.textContent = message;
  if (message) {
    control.setAttribute('aria-describedby', error.id);
  } else {
    control.removeAttribute('aria-describedby');
  }
}
