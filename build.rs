//! The migrations are compiled in; a new folder among them must compile them in again.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
