// What is done to a page, frame by frame, inside it: a driver's own messages would be charged to the page.
//
// Each function is self-contained, since it is sent to the page as its source.

/** Tells when the last change below `selector` was painted, once nothing has changed there for half a second. */
export function watchPaint({ selector, card, atLeast }) {
    let last = 0;
    let settling = 0;
    window.painted = new Promise((resolve) => {
        const settle = () => {
            const cards = [...document.querySelectorAll(card)];
            const isComplete = cards.length >= atLeast && cards.every((card) => card.style.visibility !== "hidden");
            if (!isComplete) return;
            observer.disconnect();
            resolve(last);
        };
        const observer = new MutationObserver((records) => {
            if (!records.some(({ target }) => target.parentElement?.closest(selector) || target.matches?.(selector)))
                return;
            // A message that is sent in a frame is taken after that frame was painted.
            requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => (last = performance.now());
                port2.postMessage(null);
            });
            clearTimeout(settling);
            settling = setTimeout(settle, 500);
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true });
    });
}

/** Presses at a place, moves by so much in each of so many frames and back again, and lets go. */
export async function dragFrames({ selector, x, y, dx, dy, nFrames, turn }) {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const send = (name, target, clientX, clientY, buttons) => {
        const init = {
            bubbles: true,
            cancelable: true,
            composed: true,
            view: window,
            clientX,
            clientY,
            buttons,
            button: 0,
        };
        target.dispatchEvent(
            new PointerEvent(`pointer${name}`, { ...init, pointerId: 1, isPrimary: true, pointerType: "mouse" }),
        );
        target.dispatchEvent(new MouseEvent(`mouse${name}`, init));
    };
    const target = document.querySelector(selector);
    send("down", target, x, y, 1);
    let [atX, atY] = [x, y];
    for (let n = 0; n < nFrames; n += 1) {
        const way = Math.floor(n / turn) % 2 === 0 ? 1 : -1;
        atX += dx * way;
        atY += dy * way;
        send("move", target, atX, atY, 1);
        await frame();
    }
    send("up", target, atX, atY, 0);
    await frame();
}

/** A place on the ground: below no card and no button. */
export function groundPlace({ selector, card }) {
    const area = document.querySelector(selector).getBoundingClientRect();
    for (let x = area.left + 8; x < area.right - 8; x += 16) {
        for (let y = area.top + 8; y < area.bottom - 8; y += 16) {
            const element = document.elementFromPoint(x, y);
            if (element?.closest(selector) && !element.closest(`${card}, button`)) return { x, y };
        }
    }
    throw new Error("there is no ground in sight");
}

/**
 * Does something that adds a card, and waits until the frame with it was painted. The console's stamps stand in a trace with
 * the thread's own time: one when the act begins, and one for each change of the page, until `untilNothingChanges` is over.
 */
export async function untilNewCard({ card, act, begins, changed }) {
    const idOf = (element) => element.dataset.id ?? element.id;
    const before = new Set([...document.querySelectorAll(card)].map(idOf));
    const isThere = () => [...document.querySelectorAll(card)].some((element) => !before.has(idOf(element)));
    const { promise, resolve } = Promise.withResolvers();
    let isSeen = false;
    const observer = new MutationObserver(() => {
        console.timeStamp(changed);
        window.changedAt = performance.now();
        if (isSeen || !isThere()) return;
        isSeen = true;
        requestAnimationFrame(() => setTimeout(resolve));
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    window.watching = observer;
    setTimeout(() => {
        console.timeStamp(begins);
        window.benchActs[act]();
    });
    await promise;
}

/** Waits until nothing has changed for a while, and ends the watching of `untilNewCard`. */
export async function untilNothingChanges({ millis }) {
    while (performance.now() - window.changedAt < millis) await new Promise((resolve) => setTimeout(resolve, 50));
    window.watching.disconnect();
}
