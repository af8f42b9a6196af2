/* Where the card of a token stands: below it, or above where there is more room; inside its box. */

const GAP = 6;

/**
 * Shows a card beside a token; on narrow screens the style sheet puts it at the lower edge.
 * @param {HTMLElement} card in a box that is positioned
 * @param {HTMLElement} token
 */
export function placeCard(card, token) {
  card.hidden = false;
  card.style.left = "0";
  card.style.top = "0";
  const box = card.offsetParent ? card.offsetParent.getBoundingClientRect() : document.body.getBoundingClientRect();
  const from = token.getBoundingClientRect();
  const { width, height, top } = card.getBoundingClientRect();
  if (getComputedStyle(card).position === "fixed") {
    if (from.bottom + GAP > top) window.scrollBy(0, from.bottom + GAP - top);
    return;
  }
  const below = window.innerHeight - from.bottom;
  const above = below < height + GAP && from.top > below;
  card.style.left = `${Math.max(0, Math.min(from.left - box.left, box.width - width))}px`;
  card.style.top = `${above ? from.top - box.top - height - GAP : from.bottom - box.top + GAP}px`;
}
