// What has to be true before anything else runs: the chosen theme, and what may become markup or a script's address.
(() => {
    try {
        const theme = localStorage.getItem("hookwright-theme");
        if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    } catch {
        // Storage is blocked: the system's theme is right then, too.
    }
    // Trusted Types, where the browser has them: the content security policy asks for a policy, and this is the only one.
    // The app writes text as text; markup is its own icons and templates, which hold nothing of the kind refused here.
    globalThis.trustedTypes?.createPolicy("default", {
        createHTML(markup) {
            // What stands in quotes is an attribute's text; what stands outside of tags is escaped.
            const bare = markup.replace(/"[^"]*"/g, '""');
            const isActive =
                /<\s*(script|iframe|object|embed|base|link|meta)\b|<[^>]*[\s/"']on\w+\s*=|<[^>]*\bsrcdoc\b/i.test(
                    bare,
                ) || /<[^>]*\b(href|src|action)\s*=\s*["']?\s*javascript:/i.test(markup);
            return isActive ? null : markup;
        },
        createScriptURL(address) {
            const url = new URL(address, document.baseURI);
            const folder = new URL(".", document.baseURI);
            const isOurs = url.origin === folder.origin && url.pathname.startsWith(folder.pathname);
            return isOurs ? address : null;
        },
    });
})();
