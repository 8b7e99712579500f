// Collects what the measurements hand over; at the end a table for people and a file for programs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

import { report } from './table.mjs';

export default class Figures {
  onBegin() {
    const [{ model }, ...others] = cpus();
    this.machine = {
      at: new Date().toISOString().slice(0, 10),
      cores: 1 + others.length,
      model: model.trim(),
      memory: `${Math.round(totalmem() / 1e9)} GB`,
      load: loadavg()[0].toFixed(2),
    };
    this.figures = {};
  }

  onTestEnd(test, { attachments }) {
    for (const { name, body } of attachments) {
      if (name !== 'figures') continue;
      const { browser, ...figures } = JSON.parse(body.toString());
      this.machine.browser = browser;
      Object.assign(this.figures, figures);
    }
  }

  onEnd() {
    const all = { machine: this.machine, ...this.figures };
    const text = report(all);
    mkdirSync(process.env.MEASUREMENTS, { recursive: true });
    writeFileSync(join(process.env.MEASUREMENTS, 'figures.json'), `${JSON.stringify(all, null, 2)}\n`);
    writeFileSync(join(process.env.MEASUREMENTS, 'figures.md'), text);
    console.log(`\n${text}`);
  }

  printsToStdio() {
    return true;
  }
}
