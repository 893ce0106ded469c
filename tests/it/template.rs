//! Templates against Django's recorded outcomes, and against limits.
