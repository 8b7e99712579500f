// Figures as text: tables in Markdown, which a person can read as they are and put into a document.

/** All figures, one section each. Sections without figures are left out. */
export function report({ machine, join, page, crowd, two }) {
  const sections = [
    `Measured ${machine.at} on ${machine.cores} cores (${machine.model}, ${machine.memory}), load ${machine.load} before, ` +
      `${machine.browser}.`,
    join && `Waiting, in ms, on loopback:\n\n${waiting(join)}`,
    page && `What a visitor fetches, in kB:\n\n${fetching(page)}`,
    page && `The site, in kB:\n\n${site(page)}`,
    crowd && `The server as a room fills:\n\n${filling(crowd)}\n\n${growing(crowd)}`,
    two && `Two people at ordinary size:\n\n${table(STEADY.map(([title]) => title), [STEADY.map(([, of]) => of(two))])}`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const WAITS = {
  first_visit_painted_ms: 'first visit: something to read',
  first_visit_alive_ms: 'first visit: the page answers',
  next_visit_alive_ms: 'next visit: the page answers',
  click_to_answer_ms: 'Join to the server’s answer',
  click_to_connected_ms: 'Join to connected',
  click_to_picture_ms: 'Join to the first picture',
};

const waiting = (join) =>
  table(
    ['', 'min', 'p50', 'p95', 'max', 'runs'],
    Object.entries(join).map(([key, { min, p50, p95, max, count }]) => [WAITS[key], ...[min, p50, p95, max].map(whole), `${count}`]),
  );

const fetching = ({ entry, call }) => {
  const rows = [...entry.map((file) => ['entry page', file]), ...call.map((file) => ['call', file])];
  const sums = [['entry page', entry], ['call', call]].map(([when, files]) => [
    when,
    { name: 'together', wire_bytes: sum(files, 'wire_bytes'), raw_bytes: sum(files, 'raw_bytes') },
  ]);
  return table(
    ['for the', 'file', 'on the wire', 'raw'],
    [...rows, ...sums].map(([when, { name, wire_bytes, raw_bytes }]) => [when, name, kilobytes(wire_bytes), kilobytes(raw_bytes)]),
  );
};

const site = (page) =>
  table(
    ['file', 'brotli', 'raw'],
    [...page.site, { name: 'together', brotli_bytes: sum(page.site, 'brotli_bytes'), raw_bytes: sum(page.site, 'raw_bytes') }].map(
      ({ name, brotli_bytes, raw_bytes }) => [name, kilobytes(brotli_bytes), kilobytes(raw_bytes)],
    ),
  );

/** What is told of any steady state. */
const STEADY = [
  ['memory, MB', ({ rss_bytes }) => megabytes(rss_bytes)],
  ['of one core, %', ({ cpu_percent }) => cpu_percent.toFixed(1)],
  ['packets forwarded/s', ({ forwarded_per_s }) => whole(forwarded_per_s)],
  ['µs of processor a packet', ({ cpu_us_per_packet }) => (cpu_us_per_packet === null ? '' : whole(cpu_us_per_packet))],
];

const filling = ({ idle, steps }) =>
  table(
    ['people', ...STEADY.map(([title]) => title)],
    [{ people: 0, ...idle }, ...steps].map((step) => [`${step.people}`, ...STEADY.map(([, of]) => of(step))]),
  );

const growing = ({ idle, each, all_left_but_one: left }) =>
  `Ready ${whole(idle.ready_ms)} ms after its start. Each person adds ${megabytes(each.rss_bytes)} MB and ` +
  `${each.cpu_percent.toFixed(2)} % of a core. When all but one have left: ${megabytes(left.rss_bytes)} MB.`;

/** A table whose columns line up; the first is text, numbers stand to the right. */
function table(titles, rows) {
  const widths = titles.map((title, at) => Math.max(3, title.length, ...rows.map((row) => row[at].length)));
  const isText = titles.map((_, at) => rows.some((row) => /[^\d.,\s]/.test(row[at])));
  const line = (cells) => `| ${cells.map((cell, at) => (isText[at] ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`;
  const rule = widths.map((width, at) => (isText[at] ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(titles), line(rule), ...rows.map(line)].join('\n');
}

const sum = (files, of) => files.reduce((total, file) => total + file[of], 0);
const whole = (value) => value.toFixed(0);
const kilobytes = (bytes) => (bytes / 1e3).toFixed(1);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
