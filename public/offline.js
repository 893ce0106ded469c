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
    const registration = await navigator.serviceWorker.register(new URL("sw.js", document.baseURI), {
        scope: "./",
        updateViaCache: "none",
    });
    let isAsked = false;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
        // The first worker of all takes over quietly; a reload is due only after a person asked.
        if (isAsked) location.reload();
    });
    const offerWaiting = () => {
        if (registration.waiting && navigator.serviceWorker.controller) {
            offer(() => {
                isAsked = true;
                registration.waiting?.postMessage({ kind: "take-over" });
            });
        }
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

function offer(takeOver) {
    if (document.querySelector(".update-offer")) return;
    const words = document.createElement("p");
    words.textContent = "A new version of Hookwright is ready. Reload when it suits you; your work is kept.";
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
