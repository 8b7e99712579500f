// A press before the page is alive is not lost: it is done as soon as the page can do it.
(() => {
  const root = document.documentElement;
  let pressed;
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (button && !root.hasAttribute('data-alive')) pressed = button;
  });
  new MutationObserver((_, watch) => {
    watch.disconnect();
    pressed?.click();
  }).observe(root, { attributeFilter: ['data-alive'] });
})();
