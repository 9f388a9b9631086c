//! What strangers may not do to the service: bodies, connections and guesses that cost it more than them.

mod answers;
mod bodies;
mod connections;
mod guesses;
