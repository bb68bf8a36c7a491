// Leaves out what comes too late: data that are older than what a component shows already.
//
// Streamlit calls a component once for each change of its data, but those that wait while its
// loader loads go on in any order: Chromium keeps who waits for a module in a set. So the data hold
// their place among all that the session sent; see assets.py. Another session counts anew: a page
// whose server was started again shows what the new one sends.

const newest = new WeakMap();

// The function of a component, called with the data that were sent last, and no older ones.
export function inOrder(show) {
  return ({ data: { session, place, ...data }, ...component }) => {
    const shown = newest.get(component.parentElement);
    if (session === shown?.session && place < shown.place) return;
    newest.set(component.parentElement, { session, place });
    return show({ ...component, data });
  };
}
