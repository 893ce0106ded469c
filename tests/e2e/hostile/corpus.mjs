// Strings that would run something, or break the page, wherever text were taken for markup, script, address or template.
// Whatever runs calls `hit()`.

const CALL = "hit()";

const MARKUP = [
    `<script>${CALL}</script>`,
    `<img src=x onerror=${CALL}>`,
    `<svg onload=${CALL}>`,
    `<iframe srcdoc="<script>parent.${CALL}</script>"></iframe>`,
    `<iframe src="javascript:parent.${CALL}"></iframe>`,
    `<details open ontoggle=${CALL}>`,
    `<body onload=${CALL}>`,
    `<input autofocus onfocus=${CALL}>`,
    `<video><source onerror=${CALL}></video>`,
    `<audio src=x onerror=${CALL}>`,
    `<a href="javascript:${CALL}">x</a>`,
    `<form action="javascript:${CALL}"><button>x</button></form>`,
    `<object data="javascript:${CALL}"></object>`,
    `<embed src="javascript:${CALL}">`,
    `<base href="https://evil.invalid/">`,
    `<link rel=stylesheet href="https://evil.invalid/x.css">`,
    `<meta http-equiv=refresh content="0;url=javascript:${CALL}">`,
    `<style>@import 'https://evil.invalid/x.css';*{background:url(https://evil.invalid/x)}</style>`,
    `<math><mtext><table><mglyph><style><img src=x onerror=${CALL}>`,
    `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
    `<svg><animate onbegin=${CALL} attributeName=x dur=1s>`,
    `<marquee onstart=${CALL}>x</marquee>`,
    `<div style="width:expression(${CALL})">`,
    `<button popovertarget=x onclick=${CALL}>x</button>`,
];

/** Ways out of whatever the string may stand in. */
const WRAPPERS = [
    (text) => text,
    (text) => `">${text}`,
    (text) => `'>${text}`,
    (text) => `</textarea></title></style></script>${text}`,
    (text) => `-->${text}<!--`,
    (text) => `]]>${text}`,
    (text) => `\u0000${text.replace("<", "<\t")}`,
    (text) => text.replace(/<(\w+)/, (_, tag) => `<${tag.toUpperCase()}/`),
];

const ADDRESSES = [
    `javascript:${CALL}`,
    `JaVaScRiPt:${CALL}`,
    ` javascript:${CALL}`,
    `java\tscript:${CALL}`,
    `javascript://%0a${CALL}`,
    `data:text/html,<script>${CALL}</script>`,
    `vbscript:${CALL}`,
    `blob:https://evil.invalid/x`,
    `//evil.invalid/x`,
    `https://user:pass@evil.invalid/`,
    `#/flows/../../x?${CALL}`,
];

const SCRIPTS = [
    `';${CALL};//`,
    `";${CALL};//`,
    `\`;${CALL};//`,
    `\${${CALL}}`,
    `\\u003cscript\\u003e${CALL}\\u003c/script\\u003e`,
    `&lt;script&gt;${CALL}&lt;/script&gt;`,
    `%3Cscript%3E${CALL}%3C/script%3E`,
    `"autofocus onfocus=${CALL} x="`,
    `__proto__`,
    `constructor`,
    `{"__proto__":{"x":1}}`,
];

const TEMPLATES = [
    `{{ constructor.constructor("${CALL}")() }}`,
    `{{7*7}}`,
    `{% include "/etc/passwd" %}`,
    `{% load x %}`,
    `{% extends "x" %}`,
    `{{ ''.__class__.__mro__ }}`,
    `{{ request|attr("application") }}`,
    `#{${CALL}}`,
    `<%= ${CALL} %>`,
    `{% raw %}{{ x }}`,
    `{{ self._TemplateReference__context }}`,
    `{% for x in (1..1000000000) %}{% endfor %}`,
];

const ODD = [
    `\u202e\u2066evil\u2069`,
    `\u200b\u200d\ufeff`,
    `\ud83d\ude00`.repeat(50),
    `A`.repeat(2_000),
    `\u0001\u0002\u001b[31m`,
    `=cmd|' /C calc'!A0`,
    `../../../etc/passwd`,
    `%00%0d%0aSet-Cookie:x=1`,
];

export const CORPUS = [
    ...MARKUP.flatMap((markup) => WRAPPERS.map((wrap) => wrap(markup))),
    ...ADDRESSES,
    ...SCRIPTS,
    ...TEMPLATES,
    ...ODD,
];
