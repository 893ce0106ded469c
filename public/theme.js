// Sets the chosen theme before the first paint. Without a choice the system's own applies.
(() => {
    try {
        const theme = localStorage.getItem("hookwright-theme");
        if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    } catch {
        // Storage is blocked: the system's theme is right then, too.
    }
})();
