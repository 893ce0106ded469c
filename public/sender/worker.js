// The sender's worker, at an address that the service worker of the app does not look after: a browser asks a service worker
// about each request of a worker, also about those that it leaves alone, and this one makes many.
//
// Without a network there is no such address; the page then starts the worker beside itself.

import "../worker.js";
