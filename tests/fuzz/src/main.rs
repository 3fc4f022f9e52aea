//! libFuzzer around what reads hostile bytes: it changes its inputs so that they run through ever more of the code. `JELI_FUZZ_TARGET` names what is tried, and
//! into the folder `JELI_FUZZ_SEEDS` goes what that begins with.
#![cfg_attr(feature = "guided", no_main)]

#[cfg(feature = "guided")]
mod guided {
    use std::sync::LazyLock;

    use jeli_node::fuzzing::{TARGETS, Target, seeds};
    use libfuzzer_sys::fuzz_target;

    static TARGET: LazyLock<Target> = LazyLock::new(|| {
        let name = std::env::var("JELI_FUZZ_TARGET").unwrap_or_default();
        let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) else {
            eprintln!("JELI_FUZZ_TARGET names no target: {name:?}");
            std::process::exit(2)
        };
        if let Some(folder) = std::env::var_os("JELI_FUZZ_SEEDS") {
            for (number, bytes) in seeds(&name).iter().enumerate() {
                let path = std::path::Path::new(&folder).join(format!("seed-{number}"));
                if let Err(error) = std::fs::write(&path, bytes) {
                    eprintln!("{} cannot be written: {error}", path.display());
                }
            }
        }
        *target
    });

    fuzz_target!(init: LazyLock::force(&TARGET), |bytes: &[u8]| TARGET(bytes));
}

#[cfg(not(feature = "guided"))]
fn main() {
    eprintln!("run `cargo xtask fuzz`");
}
