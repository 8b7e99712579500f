// A real mail server on this machine: it takes every mail and hands it over as its reader sees it.

import { once } from 'node:events';

import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

import { expect } from './test.mjs';

/** A mail server may take this long: the server that sends looks by itself what is due. */
const PATIENCE = { timeout: 40_000 };

/** Opens a mail server for one site. */
export async function openPostOffice() {
  const received = [];
  const office = new SMTPServer({
    // As a mail server on the same machine: nobody signs in, nothing is encrypted.
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, { envelope }, done) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        const { subject, text, attachments } = await PostalMime.parse(raw, { attachmentEncoding: 'utf8' });
        const calendar = attachments.find(({ mimeType }) => mimeType === 'text/calendar');
        received.push({
          to: envelope.rcptTo.map(({ address }) => address).join(),
          subject,
          text,
          /** The method that its head names, and the lines of the calendar, unfolded; absent if it carries none. */
          calendar: calendar && { method: calendar.method, lines: unfolded(calendar.content) },
        });
        done();
      });
    },
  });
  office.listen(0, '127.0.0.1');
  await once(office.server, 'listening');
  let read = 0;
  return {
    /** What a server at this address is told that sends its mails here. */
    settings: (site) => [
      ['--origin', site],
      ['--mail-url', `smtp://127.0.0.1:${office.server.address().port}`],
      ['--mail-from', 'Anteroom <anteroom@example.org>'],
    ].flat(),
    /** The next mail, which must be for this person. */
    next: async (to) => {
      await expect.poll(() => received.length, { message: `a mail to ${to}`, ...PATIENCE }).toBeGreaterThan(read);
      const mail = received[read];
      read += 1;
      expect(mail.to).toBe(to);
      return mail;
    },
    /** How many mails came that nobody has read. */
    unread: () => received.length - read,
    close: () => new Promise((done) => { office.close(done); }),
  };
}

/** The first link in a mail that leads to such a path. */
export function linkIn({ text }, path) {
  const link = text.match(/https?:\S+/g)?.find((one) => new URL(one).pathname.startsWith(path));
  expect(link, `a link to ${path} in: ${text}`).toBeTruthy();
  return link;
}

/** Lines as they were before they were folded (RFC 5545, section 3.1). */
const unfolded = (content) => content.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);
