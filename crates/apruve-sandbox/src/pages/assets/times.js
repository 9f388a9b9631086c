// Shows each moment of a page in the reader's own time and language.
const formats = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time[datetime]')) {
  time.title = time.dateTime;
  time.textContent = formats.format(new Date(time.dateTime));
}
