/** What Rust's wasm32-unknown-unknown may use; wasm-opt has to be told where a module does not say. */
export const WASM_FEATURES = [
    "bulk-memory",
    "extended-const",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];
