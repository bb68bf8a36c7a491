// The style sheet of a component: one for the page, however many components wear it.

// Make a sheet of this text. Returns a function that puts it where an element stands: into the
// page, or into the shadow tree of its component.
export function styles(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return (element) => {
    // A component that was taken down while its module loaded stands in no tree with sheets.
    const sheets = element.getRootNode().adoptedStyleSheets;
    if (sheets && !sheets.includes(sheet)) sheets.push(sheet);
  };
}
