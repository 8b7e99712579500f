// A press before the page is alive is not lost: it is done as soon as the page can do it. What the browser does by itself
// (a form with an address, a menu that pops up) it has done by then. Only the last press counts, for some seconds.
(() => {
  const root = document.documentElement;
  const isAlive = () => root.hasAttribute('data-alive');
  let pressed;
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    const isDone = button && (button.popoverTargetElement || button.form?.hasAttribute('action'));
    if (!isAlive()) pressed = button && !isDone ? { button, at: Date.now() } : undefined;
  });
  // A form without an address would ask for this very page, with what was typed in its address.
  document.addEventListener('submit', (event) => {
    if (!isAlive() && !event.target.hasAttribute('action')) event.preventDefault();
  });
  new MutationObserver((_, watch) => {
    watch.disconnect();
    if (pressed && Date.now() - pressed.at < 10_000) pressed.button.click();
  }).observe(root, { attributeFilter: ['data-alive'] });
})();
