// Elements with text, never with markup: names come from shops and buyers.

export function at(id) {
  return document.getElementById(id);
}

// element('a', { href: '/' }, 'text', another, …)
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// An amount as text keeps its digits; it never becomes a float.
export function money(amount, currency) {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
}

const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function moment(text) {
  return element('time', { dateTime: text, title: text }, days.format(new Date(text)));
}

export function secondsOf(text) {
  return element('time', { dateTime: text, title: text }, seconds.format(new Date(text)));
}
