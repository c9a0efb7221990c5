type Child = Node | string;

/** An element with attributes and children. Text is text, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that does something at once. */
export function button(text: string, press: () => void, attributes: Readonly<Record<string, string>> = {}) {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', press);
  return made;
}

/** A box to tick with its text. */
export function tickBox(text: string, ticked: boolean, change: (ticked: boolean) => void): HTMLLabelElement {
  const box = element('input', { type: 'checkbox' });
  box.checked = ticked;
  box.addEventListener('change', () => change(box.checked));
  return element('label', {}, box, text);
}

/** An element of the page itself, by its id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`internal: the page has no element ${id}`);
  return found;
}

/** Replaces a text only where it differs, so that nothing is laid out again for nothing. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** An element around a drawing. `markup` is made by `src/report`, which escapes all text in it. */
export function drawingBox(markup: string, kind: string): HTMLDivElement {
  const box = element('div', { class: kind });
  box.innerHTML = markup;
  return box;
}
