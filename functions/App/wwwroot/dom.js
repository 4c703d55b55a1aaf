// Elements without markup in text: what the API says only ever becomes text nodes.

const drawing = 'http://www.w3.org/2000/svg';

/** An element with attributes (true sets an empty one, null and false leave it out, `on` holds listeners) and children. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for a drawing. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(drawing, name), attributes, children);
}

function fill(node, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  for (const [event, listener] of Object.entries(on)) {
    node.addEventListener(event, listener);
  }
  node.append(...flat(children));
  return node;
}

const flat = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

/** Puts other children into a node; a link, button or summary that had the focus has it again when its like is there. */
export function replace(node, ...children) {
  const had = node.contains(document.activeElement) && node !== document.activeElement ? likeness(document.activeElement) : null;
  node.replaceChildren(...flat(children));
  if (had) {
    [...node.querySelectorAll('a, button, summary, input, select, textarea')].find((one) => likeness(one) === had)?.focus();
  }
}

const likeness = (node) => [node.localName, node.id, node.getAttribute('href'), node.textContent].join(' ');

let lastSaid = '';

/** Has a screen reader say a sentence when it is done with what it says now. */
export function announce(sentence) {
  // The same sentence again would be no change; a space at its end makes it one.
  lastSaid = sentence === lastSaid ? `${sentence} ` : sentence;
  document.getElementById('live').textContent = lastSaid;
}
