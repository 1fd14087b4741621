// SPDX-License-Identifier: MIT
// chromium: a headless browser on the end of a pipe (Chrome DevTools Protocol), with viewports of
// true width: --window-size never goes below 500 px.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--hide-scrollbars', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--remote-debugging-pipe'];

export class Chromium {
    #process; #profile; #session; #calls = new Map(); #waiting = []; #last = 0; #rest = '';

    static async open(program) {
        const browser = new Chromium();
        browser.#profile = mkdtempSync(join(tmpdir(), 'convier-mails-'));
        browser.#process = spawn(program, [...FLAGS, `--user-data-dir=${browser.#profile}`],
            { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
        browser.#process.stdio[4].setEncoding('utf8').on('data', (data) => browser.#hear(data));
        browser.#process.on('exit', () => browser.#fail(new Error('chromium went away')));
        const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
        browser.#session = sessionId;
        await browser.call('Page.enable');
        return browser;
    }

    #fail(error) {
        for (const { reject } of this.#calls.values()) reject(error);
        this.#calls.clear();
    }

    #hear(data) {
        const messages = (this.#rest + data).split('\0');
        this.#rest = messages.pop();
        for (const message of messages.map((text) => JSON.parse(text))) {
            const call = this.#calls.get(message.id);
            this.#calls.delete(message.id);
            if (call && message.error) call.reject(new Error(message.error.message));
            else if (call) call.resolve(message.result);
            else if (message.method === 'Page.loadEventFired')
                this.#waiting.splice(0).forEach((resolve) => resolve());
        }
    }

    call(method, params = {}) {
        const message = { id: ++this.#last, method, params, sessionId: this.#session };
        return new Promise((resolve, reject) => {
            this.#calls.set(message.id, { resolve, reject });
            this.#process.stdio[3].write(JSON.stringify(message) + '\0');
        });
    }

    // Shows a file; scheme is "light" or "dark".
    async show(path, width, scheme) {
        await this.call('Emulation.setDeviceMetricsOverride',
            { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 });
        await this.call('Emulation.setEmulatedMedia',
            { features: [{ name: 'prefers-color-scheme', value: scheme }] });
        const loaded = new Promise((resolve) => this.#waiting.push(resolve));
        await this.call('Page.navigate', { url: `file://${path}` });
        await loaded;
    }

    // The value of an expression in the page, which may be a promise.
    async evaluate(expression) {
        const { result, exceptionDetails } = await this.call('Runtime.evaluate',
            { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'exception');
        return result.value;
    }

    // A PNG of the whole page.
    async screenshot() {
        const { cssContentSize: size } = await this.call('Page.getLayoutMetrics');
        const { data } = await this.call('Page.captureScreenshot', {
            format: 'png', captureBeyondViewport: true,
            clip: { x: 0, y: 0, width: size.width, height: Math.min(size.height, 10000), scale: 1 } });
        return Buffer.from(data, 'base64');
    }

    async close() {
        const ended = new Promise((resolve) => this.#process.once('exit', resolve));
        await this.call('Browser.close').catch(() => {}); // it may be quicker than its answer
        await ended;
        rmSync(this.#profile, { recursive: true, force: true });
    }
}
