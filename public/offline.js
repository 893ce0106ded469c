// Keeps the app for use without a network, and offers a new version when one is there.
//
// In: the service worker beside this script. Out: an offer on the page; a reload only when a person asks for one.
// Another tab may have open work, too: a new version takes over only once it is asked for in some tab.

if ("serviceWorker" in navigator) {
    addEventListener("load", () => {
        keep().catch((error) => {
            // A private window or a plain http host: the app works, with a network.
            console.warn(`the app is not kept for offline use: ${error}`);
        });
    });
}

async function keep() {
    // First, so that the app's own never takes the sender's worker over.
    await navigator.serviceWorker.register(new URL("sender/sw.js", document.baseURI), { scope: "./sender/" });
    const registration = await navigator.serviceWorker.register(new URL("sw.js", document.baseURI), {
        scope: "./",
        updateViaCache: "none",
    });
    let isAsked = false;
    let isServed = Boolean(navigator.serviceWorker.controller);
    const takeOver = () => {
        isAsked = true;
        // In another tab somebody may have asked already: then nothing waits any more.
        if (registration.waiting) registration.waiting.postMessage({ kind: "take-over" });
        else location.reload();
    };
    navigator.serviceWorker.addEventListener("controllerchange", () => {
        if (isAsked) location.reload();
        // Another tab asked: this one may have open work and stays as it is. The first worker of all takes over quietly.
        else if (isServed) offer("Another tab uses a new version of Hookwright.", takeOver);
        isServed = true;
    });
    const offerWaiting = () => {
        if (registration.waiting && isServed) offer("A new version of Hookwright is ready.", takeOver);
    };
    offerWaiting();
    registration.addEventListener("updatefound", () => {
        registration.installing?.addEventListener("statechange", offerWaiting);
    });
    // A tab that stays open for days hears of a new version, too.
    addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") registration.update().catch(() => {});
    });
}

function offer(news, takeOver) {
    document.querySelector(".update-offer")?.remove();
    const words = document.createElement("p");
    words.textContent = `${news} Reload when it suits you; your work is kept.`;
    const later = button("Later", () => box.remove());
    const box = document.createElement("div");
    box.className = "update-offer";
    box.setAttribute("role", "status");
    box.append(words, button("Reload now", takeOver), later);
    document.body.append(box);
}

function button(label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
}
