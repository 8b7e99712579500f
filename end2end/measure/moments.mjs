// When things happen in a page, by the page's own clock: `window.__moments`, in milliseconds since it was asked for.
//
//   alive        the program has taken over from the server's markup
//   click        the press of the button that leads into the call
//   connected    the peer connection is up
//   picture      the first frame of the host's camera is on the page
//
// `mark` runs inside every page before its own scripts, so it may use nothing from this module.

/**
 * Notes each moment when it first comes. Serialised and run by `context.addInitScript`.
 * @param {string} host the name on the tile that is waited for
 */
export function mark(host) {
  const moments = (window.__moments = {});
  const note = (name, at = performance.now()) => (moments[name] ??= at);

  const woken = new MutationObserver(() => {
    if (!document.documentElement?.hasAttribute('data-alive')) return;
    note('alive');
    woken.disconnect();
  });
  woken.observe(document, { attributes: true, subtree: true, attributeFilter: ['data-alive'] });

  const pressed = (event) => {
    if (event.target.closest?.('button')?.textContent.includes('Join now')) note('click', event.timeStamp);
  };
  addEventListener('click', pressed, { capture: true });

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Peer {
    constructor(...options) {
      super(...options);
      const changed = () => this.connectionState === 'connected' && note('connected');
      this.addEventListener('connectionstatechange', changed);
    }
  };

  const watched = new WeakSet();
  const watch = (video) =>
    video.requestVideoFrameCallback((now) => {
      const isHosts = video.closest('figure, [role="figure"]')?.textContent.includes(host);
      if (isHosts) note('picture', now);
      else watch(video);
    });
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video')) {
      if (watched.has(video)) continue;
      watched.add(video);
      watch(video);
    }
  }).observe(document, { childList: true, subtree: true });
}

/** The moments so far, with those that the browser itself notes. */
export async function moments(page) {
  return page.evaluate(() => {
    const join = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/api/rooms/join'));
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return { ...window.__moments, painted: paint?.startTime, answered: join?.responseEnd };
  });
}
