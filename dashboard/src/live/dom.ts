/** Elements without markup: text goes in as text nodes only, so nothing from the API can become HTML. */

type Attributes = Record<string, string | number | boolean | undefined>;

/** `element("p.note", { id: "x" }, "text", child)`: a tag, classes, attributes, then children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K | `${K}.${string}`,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name as K);
  if (classes.length > 0) node.className = classes.join(" ");
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    node.setAttribute(attribute, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}
