// SPDX-License-Identifier: MIT
// looks: what is asked of the HTML of a mail. Each function returns its flaws as lines of text.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const BYTES_MAX = 60 * 1000; // Gmail cuts at about 102 KB and hides the way to unsubscribe
const FONT_MIN_PX = 14, JAPANESE_FONT_MIN_PX = 16, BUTTON_MIN_PX = 44;

// Mail programs need what pages of today have left behind: layout tables with attributes, styles
// on the elements themselves.
const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: {
        'no-inline-style': 'off',
        'no-deprecated-attr': 'off',
        'attribute-boolean-style': 'off',
        'doctype-style': 'off',
        'long-title': 'off', // it is the subject
        'void-style': 'off',
        'no-trailing-whitespace': 'off',
        'tel-non-breaking': 'off',
        'prefer-tbody': 'off',
    },
});

export async function validate(html) {
    const report = await validator.validateString(html);
    return report.results.flatMap(({ messages }) => messages.map(
        ({ ruleId, message, line, column }) => `html-validate: ${line}:${column}: ${message} (${ruleId})`));
}

// One style block, for dark mode and nothing else: all else must live without it.
export function checkStyles(html) {
    const flaws = [];
    const blocks = [...html.matchAll(/<style[^>]*>([^]*?)<\/style>/g)].map((match) => match[1].trim());
    if (Buffer.byteLength(html) > BYTES_MAX) flaws.push(`${Buffer.byteLength(html)} bytes`);
    if (blocks.length !== 1) flaws.push(`${blocks.length} style blocks`);
    for (const block of blocks)
        if (!/^@media \(prefers-color-scheme: dark\) \{(\s*[^{}]*\{[^{}]*\})*\s*\}$/.test(block))
            flaws.push('the style block says more than what is for dark mode');
    if (/<(script|link|iframe|object|form|svg|video)\b/i.test(html)) flaws.push('a forbidden element');
    if (/(src|background)="(?!cid:)/i.test(html) || /url\(/i.test(html)) flaws.push('something remote');
    return flaws;
}

const { data: features } = require('caniemail/caniemail.json');
const FAMILIES = ['apple-mail', 'gmail', 'outlook', 'yahoo', 'orange', 'sfr', 'laposte', 'free-fr',
    'samsung-email', 'thunderbird', 'protonmail', 'fastmail'];
// What some programs ignore, and why the mail does not mind.
const HARMLESS = {
    'css-at-media-prefers-color-scheme': 'the light mail is whole',
    'css-at-media': 'only for dark mode',
    'css-important': 'only for dark mode',
    'html-style': 'only for dark mode',
    'css-max-width': 'the width attribute stands beside it',
    'css-overflow-wrap': 'word-wrap, its older name, stands beside it',
    'css-word-wrap': 'a long address then stands out',
    'css-text-decoration': 'links have a colour of their own',
    'css-table-layout': 'columns are then as wide as their words',
    'css-border-radius': 'corners are then square',
    'css-display': 'of the logo, which stands alone anyway',
    'html-body': 'a wrapper has its background',
    'html-lang': 'a wrapper repeats it',
    'html-dir': 'a wrapper repeats it',
    'html-meta-color-scheme': 'the style block says it once more',
    'html-role': 'what is not said is a table that lays out',
    'html-width': 'the style repeats it',
    'css-margin': 'lines then stand closer',
    'css-padding': 'only on table cells, where all keep it',
};
const SLUGS = { ul: 'html-lists', ol: 'html-lists', dl: 'html-lists', '@media': 'css-at-media' };
for (const tag of ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']) SLUGS[tag] = 'html-h1-h6';

// The names of all that a mail uses of HTML and CSS, as caniemail has them.
function namesUsed(html) {
    const names = new Set();
    for (const [, tag, attributes] of html.matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)/g)) {
        names.add(SLUGS[tag] ?? `html-${tag}`);
        for (const [, name, value] of attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)) {
            names.add(`html-${name}`);
            if (name === 'style')
                for (const declaration of value.split(';')) names.add(`css-${declaration.split(':')[0].trim()}`);
        }
    }
    if (html.includes('prefers-color-scheme')) names.add('css-at-media-prefers-color-scheme');
    return names;
}

// caniemail's newest word on a feature in each client: "n" = not supported.
export function checkClients(html) {
    const flaws = [];
    const used = namesUsed(html);
    for (const { slug, title, stats } of features) {
        if (!used.has(slug) || slug in HARMLESS) continue;
        const lacking = [];
        for (const family of FAMILIES)
            for (const [platform, versions] of Object.entries(stats[family] ?? {}))
                if (Object.values(versions).at(-1)?.startsWith('n')) lacking.push(`${family} ${platform}`);
        if (lacking.length) flaws.push(`caniemail: ${title} is unknown to ${lacking.join(', ')}`);
    }
    return flaws;
}

// What only a laid-out page can tell.
const measure = `(() => {
    const flaws = [];
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over > 0) flaws.push('stands ' + over + ' px beyond the screen');
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim()) continue;
        const size = parseFloat(getComputedStyle(parent).fontSize);
        const isJapanese = parent.closest('[lang]').lang === 'ja' && parent.closest('.words');
        if (size < (isJapanese ? ${JAPANESE_FONT_MIN_PX} : ${FONT_MIN_PX}))
            flaws.push(size + ' px is small: ' + node.data.trim().slice(0, 40));
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.width && box.right > innerWidth + 1)
            flaws.push('cut off at the right: ' + node.data.trim().slice(0, 40));
    }
    for (const button of document.querySelectorAll('td[bgcolor] > a[href]')) {
        const box = button.parentElement.getBoundingClientRect();
        if (box.height < ${BUTTON_MIN_PX}) flaws.push('a button only ' + box.height + ' px high');
    }
    return flaws;
})()`;

// Landmarks are for pages; a mail is shown inside one.
const accessibility = `axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } },
}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 90) + ' – ' +
        failureSummary.split('\\n').slice(1).map((line) => line.trim()).join('; '))))`;

export async function checkPage(browser) {
    await browser.evaluate(`${axe}; true`);
    const flaws = await browser.evaluate(accessibility);
    return [...await browser.evaluate(measure), ...flaws.map((flaw) => `axe: ${flaw}`)];
}
