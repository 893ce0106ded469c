// Looks after nothing: where this service worker is in charge, requests go their own way without being asked about.
