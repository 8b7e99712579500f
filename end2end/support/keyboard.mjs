// A person with a keyboard and no mouse: Tab finds, Enter and Space press, and the focus can always be seen.

import { expect } from '@playwright/test';

/** Nobody looks for longer than this. */
const PATIENCE = 60;

/** What has the focus of a page: its name as a person would call it, and whether it can be seen that it has it. */
const focus = () => {
  const element = document.activeElement;
  // Nothing has the focus yet: the whole page is not what was looked for.
  if (!element || element === document.body) return { name: '', ringed: true, covered: false };
  const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const { left, top, width, height } = element.getBoundingClientRect();
  const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  // A button within a field of the browser's own may have the focus: the ring is the field's then.
  const reached = element.matches('[type=date], [type=time]') ? ':focus-within' : ':focus-visible';
  // A field may draw its ring as a shadow along its edge.
  const ringed = element.matches(reached) && (outlined || boxShadow !== 'none');
  const shown = document.elementFromPoint(left + width / 2, top + height / 2);
  const own = [element, ...(element.labels ?? [])].some((one) => one.contains(shown));
  return { name: label.trim(), ringed, covered: !shown || !(own || shown.contains(element)) };
};

/** A window of one's own: only the one in front gives what has the focus its presses. */
export async function atTheDesk(who) {
  await who.page.bringToFront();
  await expect.poll(() => isInFront(who), `the window of ${who.name} is in front`).toBe(true);
}

const isInFront = (who) => who.page.evaluate(() => document.hasFocus());

/** Presses a key, as often as it is named. */
export async function keys(who, ...names) {
  for (const name of names) await who.page.keyboard.press(name);
}

/** Presses Tab, or Shift and Tab, until something of this name has the focus; each step must be one that can be seen. */
export async function tabTo(who, name, { back = false } = {}) {
  await atTheDesk(who);
  const seen = [];
  for (let pressed = 0; pressed < PATIENCE; pressed += 1) {
    const reached = await who.page.evaluate(focus);
    // Past the last control the way leads through the browser's own bar; Firefox does not come back from there.
    if (pressed > 0 && (await isInFront(who))) {
      // What slides in may still be on its way.
      const shown = expect.poll(() => who.page.evaluate(focus), `“${reached.name}” as ${who.name} sees it`);
      await shown.toMatchObject({ ringed: true, covered: false });
    }
    if (name.test(reached.name)) return;
    seen.push(reached.name);
    await keys(who, back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`${who.name} cannot reach ${name} by Tab, but only ${seen.join(' · ')}`);
}

/** Finds a button and presses it. */
export async function tabAndPress(who, name, { key = 'Enter', ...options } = {}) {
  await tabTo(who, name, options);
  await keys(who, key);
}

/** Writes into the field that has the focus. */
export async function write(who, text) {
  await who.page.keyboard.type(text);
}
