// SPDX-License-Identifier: MIT
// Renders every template in every language through the program and looks at the HTML:
//     node mails.mjs CONVIER CHROMIUM TESTS OUT
// TESTS is the folder of the tests; OUT receives the HTML, and screenshots at 375 and 800 px for people to look at. Prints every flaw,
// then one line with the sum; exit 1 if there is any.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Chromium } from './chromium.mjs';
import { checkClients, checkPage, checkStyles, validate } from './looks.mjs';

const [convier, chromium, tests, out] = process.argv.slice(2).map((path) => resolve(path));
const WIDTHS = [375, 800];
const READERS = { fr: 'maire@tours.example', ja: 'tanaka@kumamoto.example', en: 'fiona@clair.example' };
const KINDS = ['save-the-date', 'invitation', 'reminder', 'postponed', 'cancellation', 'uninvited', 'thanks'];
// Name, event, steps. A change needs a past: it comes from the goldens.
const SCENES = [
    ['meeting', 'meeting@example.org', [...KINDS, 'digest']],
    ['rencontres', 'rencontres@example.org', KINDS],
    ['awkward', 'awkward@example.org', ['invitation', 'reminder']],
    ['bilingual', 'two@example.org', ['invitation']],
];

function preview(folder, reader, ...what) {
    const { status, stdout, stderr } = spawnSync(convier, ['--config', join(folder, 'convier.cfg'),
        '--at', '2026-09-20 10:00', ...what, '--contact', reader, '--html'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${what.join(' ')} for ${reader}: ${stderr}`);
    return stdout;
}

// [{ name, path }] of everything that is to be looked at.
function render() {
    const world = join(out, 'world'), pages = [];
    rmSync(out, { recursive: true, force: true });
    mkdirSync(world, { recursive: true });
    for (const file of ['convier.cfg', 'feed.ics', 'contacts.csv']) cpSync(join(tests, 'mails', file), join(world, file));
    const add = (name, ...what) => {
        for (const [language, reader] of Object.entries(READERS)) {
            const path = join(out, `${name}.${language}.html`);
            writeFileSync(path, preview(world, reader, ...what));
            pages.push({ name: `${name}.${language}`, path });
        }
    };
    for (const [scene, event, steps] of SCENES)
        for (const step of steps) add(`${scene}-${step}`, 'preview', '--event', event, '--step', step);
    add('newsletter', 'newsletter', 'preview', 'lettre');
    const golden = join(tests, 'compose', 'golden');
    for (const file of readdirSync(golden).filter((file) => /^change\..*html$/.test(file))) {
        cpSync(join(golden, file), join(out, file));
        pages.push({ name: file.replace(/\.html$/, ''), path: join(out, file) });
    }
    return pages;
}

async function look(browser, { name, path }) {
    const html = readFileSync(path, 'utf8');
    const flaws = [...await validate(html), ...checkStyles(html), ...checkClients(html)];
    for (const width of WIDTHS)
        for (const scheme of ['light', 'dark']) {
            await browser.show(path, width, scheme);
            flaws.push(...(await checkPage(browser)).map((flaw) => `${width} px, ${scheme}: ${flaw}`));
            if (scheme === 'light' || name.startsWith('meeting-invitation'))
                writeFileSync(join(out, `${name}-${width}${scheme === 'dark' ? '-dark' : ''}.png`),
                    await browser.screenshot());
        }
    return flaws;
}

const pages = render();
const browser = await Chromium.open(chromium);
let bad = 0;
for (const page of pages) {
    const flaws = [...new Set(await look(browser, page))];
    bad += flaws.length > 0;
    for (const flaw of flaws) console.log(`${page.name}: ${flaw}`);
}
await browser.close();
console.log(`${pages.length - bad} passed, ${bad} failed (pictures in ${out})`);
process.exitCode = bad ? 1 : 0;
