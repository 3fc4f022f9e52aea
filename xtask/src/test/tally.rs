//! How many tests ran, read from what the runners print.

/// Passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Tally {
    pub(super) fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// What a program's output says; one check where it counts nothing. A program that failed has failed at something.
    pub(super) fn of(output: &str, succeeded: bool) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            tally.add(of_line(&without_colours(line)));
        }
        if !succeeded {
            tally.failed = tally.failed.max(1);
        } else if tally == Self::default() {
            tally.passed = 1;
        }
        tally
    }
}

/// Of the lines of nextest (`Summary [ 1.2s] 3 tests run: 2 passed, 1 failed`), cargo test (`test result: ok. 2 passed; 0 failed`), vitest
/// (`Tests  1 failed | 2 passed (3)`) and node (`# pass 2`, `ℹ fail 0`).
fn of_line(line: &str) -> Tally {
    let line = line.trim();
    if ["Summary [", "test result:", "Tests "].iter().any(|start| line.starts_with(start)) {
        return Tally { passed: number_before(line, "passed"), failed: number_before(line, "failed") + number_before(line, "timed out") };
    }
    let counted = |word: &str| ["# ", "ℹ "].iter().find_map(|mark| line.strip_prefix(mark)?.strip_prefix(word)?.trim().parse().ok()).unwrap_or(0);
    Tally { passed: counted("pass "), failed: counted("fail ") + counted("cancelled ") }
}

/// What failed, once each, by its name and, where its runner says so beside it, why: nextest says `FAIL [ 1.2s] crate::binary test`, cargo test
/// `test name ... FAILED`, vitest `FAIL  file > name`, node `✖ name (1ms)` with the error in the next line of its closing list, and `not ok 5 -
/// name` where it speaks TAP.
pub(super) fn failures(output: &str) -> Vec<String> {
    let lines: Vec<String> = output.lines().map(|line| without_colours(line).trim().to_owned()).collect();
    let closing_list = lines.iter().position(|line| line == "✖ failing tests:");
    let mut named: Vec<String> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let name = ["FAIL ", "TIMEOUT ", "SIGABRT "].iter().find_map(|mark| line.strip_prefix(mark));
        let name = name.or_else(|| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
        let name = name.or_else(|| line.strip_prefix("not ok ")?.split_once(" - ").map(|(_, name)| name));
        let of_node = || line.strip_prefix("✖ ").filter(|_| closing_list.is_none_or(|list| at > list));
        let name = match (name, of_node()) {
            (Some(name), _) => name.trim().to_owned(),
            (None, Some(name)) => [name, lines.get(at + 1).map_or("", String::as_str)].join(": "),
            (None, None) => continue,
        };
        if named.len() < MAX_NAMED && !named.contains(&name) {
            named.push(name);
        }
    }
    named
}

/// Failures named in the summary; whoever has more reads the log.
const MAX_NAMED: usize = 40;

fn number_before(line: &str, word: &str) -> u32 {
    let before = line.split_once(&format!(" {word}")).map(|(before, _)| before);
    before.and_then(|before| before.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()).unwrap_or(0)
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut pieces = line.split('\u{1b}');
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or(piece, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn each_runner_is_understood() {
        assert_eq!(Tally::of("     Summary [   0.020s] 12 tests run: 11 passed, 1 failed, 3 skipped", false), tally(11, 1));
        assert_eq!(Tally::of("     Summary [  60.020s] 3 tests run: 1 passed (1 slow), 1 failed, 1 timed out, 0 skipped", false), tally(1, 2));
        assert_eq!(
            Tally::of("test result: ok. 2 passed; 0 failed; 1 ignored\ntest result: FAILED. 4 passed; 3 failed; 0 ignored", false),
            tally(6, 3)
        );
        assert_eq!(
            Tally::of("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m41 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (41)\u{1b}[39m", true),
            tally(41, 0)
        );
        assert_eq!(Tally::of("      Tests  1 failed | 40 passed (41)", false), tally(40, 1));
        assert_eq!(Tally::of("# tests 3\n# pass 2\n# fail 0\n# cancelled 1", false), tally(2, 1));
        assert_eq!(Tally::of("ℹ tests 2\nℹ pass 2\nℹ fail 0", true), tally(2, 0));
    }

    #[test]
    fn what_failed_is_named_as_its_runner_names_it() {
        let said = "        FAIL [   1.2s] (3/9) jeli-node::network a_node_redials\ntest kinds::tests::reads ... FAILED\n\
                    test kinds::tests::writes ... ok\nnot ok 5 - the list opens\n        FAIL [   1.2s] (3/9) jeli-node::network a_node_redials";
        assert_eq!(failures(said), ["[   1.2s] (3/9) jeli-node::network a_node_redials", "kinds::tests::reads", "the list opens"]);
    }

    #[test]
    fn node_says_in_its_closing_list_why_a_test_failed() {
        let said = "✔ the list opens (9ms)\n\u{1b}[31m✖ the page opens (12ms)\u{1b}[39m\n✔ it closes (3ms)\nℹ fail 1\n\n✖ failing tests:\n\n\
                    test at page.test.js:12:1\n✖ the page opens (12ms)\n  Error: no heading in 30 s\n      at open (page.js:3)";
        assert_eq!(failures(said), ["the page opens (12ms): Error: no heading in 30 s"]);
    }

    #[test]
    fn a_program_that_counts_nothing_is_one_check() {
        assert_eq!(Tally::of("all is well", true), tally(1, 0));
        assert_eq!(Tally::of("error: could not compile", false), tally(0, 1));
    }

    #[test]
    fn a_failure_after_passing_tests_is_not_lost() {
        assert_eq!(Tally::of("# pass 7\n# fail 0\nthe runner crashed", false), tally(7, 1));
    }
}
