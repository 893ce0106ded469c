// The same flow in React Flow: cards of the same markup, lines of the same shape. Bundled by canvas.mjs.
//
// ?n=1000&mode=all|visible. `window.insertBelow(id)` puts a card into a line and lays everything out anew with dagre, as
// React Flow's documentation shows it for trees.

import dagre from "@dagrejs/dagre";
import { createElement as h, memo, useCallback, useEffect } from "react";
import { createRoot } from "react-dom/client";
import {
    Handle,
    Position,
    ReactFlow,
    ReactFlowProvider,
    useEdgesState,
    useNodesState,
    useReactFlow,
} from "@xyflow/react";
import { largeFlow } from "../../tests/e2e/pages/large.mjs";

const WIDTH = 280;
const HEIGHT = 72;
const GAP = 48;
const query = new URLSearchParams(location.search);
const isVisibleOnly = query.get("mode") === "visible";

const Card = memo(function Card({ data }) {
    return h(
        "div",
        { className: "card" },
        h(Handle, { type: "target", position: Position.Top }),
        h(
            "span",
            { className: "card-face" },
            h(
                "span",
                { className: "card-icon" },
                h(
                    "svg",
                    { width: 20, height: 20, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor" },
                    h("path", { d: "M4 4h16v16H4z" }),
                    h("path", { d: "M8 12h8" }),
                ),
            ),
            h(
                "span",
                { className: "card-words" },
                h("span", { className: "card-title" }, data.title),
                h(
                    "span",
                    { className: "card-line" },
                    h("span", null, "Draft"),
                    h("span", { className: "card-detail" }, data.detail),
                ),
            ),
            h("span", { className: "card-hint" }, "+1 h"),
        ),
        h(
            "button",
            { className: "card-menu", "aria-label": "Menu" },
            h("svg", { width: 16, height: 16, viewBox: "0 0 24 24" }, h("circle", { cx: 12, cy: 12, r: 2 })),
        ),
        h(Handle, { type: "source", position: Position.Bottom }),
    );
});

const nodeTypes = { card: Card };

const node = (id) => ({
    id,
    type: "card",
    position: { x: 0, y: 0 },
    width: WIDTH,
    height: HEIGHT,
    data: { title: `Card ${id}`, detail: "https://practice.hookwright.invalid/orders" },
});

const edge = (from, to) => ({ id: `${from}-${to}`, source: from, target: to, type: "smoothstep" });

/** The cards and lines of a flow of this size, the trigger included. */
function parts(nCards) {
    const { flow, links } = largeFlow("peer", nCards);
    const nodes = ["trigger", ...Object.keys(flow.nodes)].map(node);
    return { nodes, edges: links.map(([from, to]) => edge(from ?? "trigger", to)) };
}

function laidOut(nodes, edges) {
    const graph = new dagre.graphlib.Graph().setDefaultEdgeLabel(() => ({}));
    graph.setGraph({ rankdir: "TB", ranksep: 64, nodesep: 48 });
    for (const { id } of nodes) graph.setNode(id, { width: WIDTH, height: HEIGHT });
    for (const { source, target } of edges) graph.setEdge(source, target);
    dagre.layout(graph);
    return nodes.map((node) => {
        const { x, y } = graph.node(node.id);
        return { ...node, position: { x: x - WIDTH / 2, y: y - HEIGHT / 2 } };
    });
}

/** The places that our layout gives, so that both show the same and opening is not charged for dagre. */
function placed(nodes, edges) {
    const below = new Map(nodes.map(({ id }) => [id, []]));
    for (const { source, target } of edges) below.get(source).push(target);
    const spans = new Map();
    const span = (id) => {
        const [yes, no] = below.get(id).map(span);
        let own = { left: WIDTH / 2, right: WIDTH / 2, half: 0 };
        if (no) {
            const half = (yes.right + GAP + no.left) / 2;
            own = { left: half + yes.left, right: half + no.right, half };
        } else if (yes) {
            own = { ...yes, half: 0 };
        }
        spans.set(id, own);
        return own;
    };
    const at = new Map();
    const place = (id, x, y) => {
        at.set(id, { x: x - WIDTH / 2, y });
        const { half } = spans.get(id);
        const [yes, no] = below.get(id);
        if (no) {
            place(yes, x - half, y + HEIGHT + 96);
            place(no, x + half, y + HEIGHT + 96);
        } else if (yes) {
            place(yes, x, y + HEIGHT + 64);
        }
    };
    span("trigger");
    place("trigger", 0, 0);
    return nodes.map((node) => ({ ...node, position: at.get(node.id) }));
}

const start = parts(Number(query.get("n")));
const startNodes = placed(start.nodes, start.edges);
let nMade = 0;

function Flow() {
    const [nodes, setNodes, onNodesChange] = useNodesState(startNodes);
    const [edges, setEdges, onEdgesChange] = useEdgesState(start.edges);
    const flow = useReactFlow();
    const insertBelow = useCallback(
        (id) => {
            nMade += 1;
            const made = `made${nMade}`;
            const nextEdges = flow
                .getEdges()
                .map((old) => (old.source === id ? edge(made, old.target) : old))
                .concat(edge(id, made));
            setNodes(laidOut([...flow.getNodes(), node(made)], nextEdges));
            setEdges(nextEdges);
            return made;
        },
        [flow, setNodes, setEdges],
    );
    useEffect(() => {
        Object.assign(window, { insertBelow, flow });
    }, [insertBelow, flow]);
    return h(ReactFlow, {
        nodes,
        edges,
        onNodesChange,
        onEdgesChange,
        nodeTypes,
        onlyRenderVisibleElements: isVisibleOnly,
        minZoom: 0.001,
        maxZoom: 2,
        defaultViewport: { x: 360, y: 48, zoom: 1 },
    });
}

window.startedAt = performance.now();
createRoot(document.getElementById("root")).render(h(ReactFlowProvider, null, h(Flow)));
