// SPDX-License-Identifier: MIT
// The Node peer of whole_job: the same personalised mails with nodemailer's pooled transport.
// NODE_PATH says where nodemailer is installed.
//
// whole_job_nodemailer.js CONTACTS.csv PORT COUNT
'use strict';
const fs = require('fs');
const nodemailer = require('nodemailer');

const words = {
  fr: ['Invitation : Réunion du groupe-pays Japon', p => `${p.title} ${p.name},`,
       w => `Nous avons le plaisir de vous inviter à la réunion du groupe-pays Japon, le ${w}, 9 rue Christiani, Paris.`,
       'Cordialement,'],
  en: ['Invitation: Meeting of the Japan country group', p => `Dear ${p.title} ${p.name},`,
       w => `We have the pleasure of inviting you to the meeting of the Japan country group, on ${w}, 9 rue Christiani, Paris.`,
       'Yours sincerely,'],
  ja: ['ご案内:日本部会 会合', p => `${p.name}${p.title}`,
       w => `日本部会の会合に謹んでご案内申し上げます。日時:${w}、場所:9 rue Christiani, Paris。`, '敬具'],
};
const start = new Date('2026-10-20T12:30:00Z');
const calendar = summary =>
  'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n' +
  'UID:bureau-2026-10@example.org\r\nDTSTAMP:20260920T090000Z\r\nDTSTART:20261020T123000Z\r\n' +
  `DTEND:20261020T140000Z\r\nSUMMARY:${summary}\r\nLOCATION:9 rue Christiani\\, Paris\r\n` +
  'END:VEVENT\r\nEND:VCALENDAR\r\n';
const formats = new Map();

function when(person) {
  const key = person.language + person.zone;
  if (!formats.has(key))
    formats.set(key, new Intl.DateTimeFormat(person.language, {
      dateStyle: 'full', timeStyle: 'short', timeZone: person.zone || 'Europe/Paris' }));
  return formats.get(key).format(start);
}

function compose(person) {
  const [subject, greeting, text, close] = words[person.language];
  const lines = [greeting(person), text(when(person)), close, 'Groupe-pays Japon'];
  return {
    from: 'Groupe-pays Japon <japon@example.org>', to: { name: person.name, address: person.email },
    subject, text: lines.join('\n\n'), html: lines.map(line => `<p>${line}</p>`).join(''),
    icalEvent: { method: 'PUBLISH', content: calendar(subject) },
  };
}

async function main() {
  const [path, port, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
  const begin = process.hrtime.bigint();
  const [head, ...rows] = fs.readFileSync(path, 'utf8').trim().split('\n').map(l => l.split(';'));
  const people = rows.slice(0, count).map(r => Object.fromEntries(head.map((h, i) => [h, r[i]])));
  const transport = nodemailer.createTransport({
    pool: true, host: '127.0.0.1', port, secure: false, ignoreTLS: true,
    maxConnections: 16, maxMessages: Infinity });
  let bytes = 0, next = 0;
  // As many at a time as keep the pool busy: a queue of all of them would only cost memory.
  const worker = async () => {
    while (next < people.length) {
      const info = await transport.sendMail(compose(people[next++]));
      bytes = bytes || info.messageSize;
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  transport.close();
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(JSON.stringify({ messages: people.length, bytes, seconds }));
}

main().catch(error => { console.error(error.message); process.exit(1); });
