//! The page is embedded from its build: a new build of the page makes a new program.

fn main() {
    println!("cargo::rerun-if-changed=../client/web/dist");
}
