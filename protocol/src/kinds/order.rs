//! Order keys: where an item stands among its siblings, as a text that always leaves room before, after and between.
//!
//! The format is the one of the npm package `fractional-indexing` with its default alphabet, and for the same neighbours this module
//! gives the same key (a test holds vectors from that package). A key is an integer part and a fraction, both in base 62 with the
//! digits `0-9A-Za-z`, whose order is that of their bytes. The first letter of the integer part says its length: `a` to `z` for 2 to 27
//! characters going up, `Z` to `A` for 2 to 27 going down; so keys compare bytewise, and appending or prepending costs no growth. A
//! fraction does not end in `0`. The first key ever is `a0`.
//!
//! Two people who insert at one place at the same time make the same key: ties are ordered by item id. Nothing fits between the two
//! until one of them moves, so [`at`] then takes the nearest place behind them.

use thiserror::Error;

use super::limits::ORDER_KEY_BYTES;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RADIX: u8 = 62;
/// Heads `A` to `z` as numbers: 0 to 25 count down, 26 to 51 count up.
const HEADS: usize = 52;

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrderError {
    /// A neighbour's key is not of the format.
    #[error("not an order key: \"{0}\"")]
    NotAKey(String),
    /// The left key is not before the right one.
    #[error("no order key is between two keys of which the first is not the smaller")]
    NotAscending,
    /// The key would be longer than [`ORDER_KEY_BYTES`].
    #[error("the order key between these two would be longer than {ORDER_KEY_BYTES} bytes; move a neighbour first")]
    NoRoom,
}

/// Whether the text is an order key.
pub fn is_key(text: &str) -> bool {
    Key::parse(text).is_ok()
}

/// A key between two neighbours; `None` stands for the beginning or the end.
pub fn between(left: Option<&str>, right: Option<&str>) -> Result<String, OrderError> {
    let left = left.map(Key::parse).transpose()?;
    let right = right.map(Key::parse).transpose()?;
    let key = match (left, right) {
        (None, None) => Key { head: HEADS / 2, digits: vec![0], fraction: Vec::new() },
        (None, Some(right)) => before(right),
        (Some(left), None) => after(left),
        (Some(left), Some(right)) => inside(left, right)?,
    };
    let text = key.to_text();
    if text.len() > ORDER_KEY_BYTES { Err(OrderError::NoRoom) } else { Ok(text) }
}

/// A key for the place before the sibling at `index` (after the last one if there is none), given the siblings' keys in their order.
///
/// Keys that are not of the format (another program's, or an attacker's) are passed over, and so is a right neighbour that is not
/// greater than the left one.
pub fn at(siblings: &[&str], index: usize) -> Result<String, OrderError> {
    let (before, behind) = siblings.split_at(index.min(siblings.len()));
    let left = before.iter().rev().copied().find(|key| is_key(key));
    let right = behind.iter().copied().find(|key| is_key(key) && left.is_none_or(|left| *key > left));
    between(left, right)
}

fn before(right: Key) -> Key {
    if !right.fraction.is_empty() && !right.integer_is_smallest() {
        return Key { fraction: Vec::new(), ..right };
    }
    match right.decremented() {
        // The smallest integer alone is no key: nothing could ever go before it.
        Some(key) if key.integer_is_smallest() => Key { fraction: midpoint(&[], None), ..key },
        Some(key) => key,
        None => Key { fraction: midpoint(&[], Some(&right.fraction)), ..right },
    }
}

fn after(left: Key) -> Key {
    match left.incremented() {
        Some(key) => key,
        None => Key { fraction: midpoint(&left.fraction, None), ..left },
    }
}

fn inside(left: Key, right: Key) -> Result<Key, OrderError> {
    let (low, high) = (left.to_text(), right.to_text());
    if low >= high {
        return Err(OrderError::NotAscending);
    }
    if (left.head, &left.digits) == (right.head, &right.digits) {
        return Ok(Key { fraction: midpoint(&left.fraction, Some(&right.fraction)), ..left });
    }
    match left.incremented() {
        Some(key) if key.to_text() < high => Ok(key),
        _ => Ok(Key { fraction: midpoint(&left.fraction, None), ..left }),
    }
}

/// The shortest fraction between two, where no fraction ends in zero; `None` is the end.
fn midpoint(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let mut middle = Vec::new();
    let mut high = high;
    for place in 0.. {
        let below = low.get(place).copied().unwrap_or(0);
        let above = high.and_then(|digits| digits.get(place)).copied().unwrap_or(RADIX);
        if above > below + 1 {
            middle.push((below + above).div_ceil(2));
            break;
        }
        if above == below {
            middle.push(below);
            continue;
        }
        if high.is_some_and(|digits| digits.len() > place + 1) {
            middle.push(above);
            break;
        }
        middle.push(below);
        high = None;
    }
    middle
}

/// A key taken apart; digits are numbers from 0 to 61.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    head: usize,
    digits: Vec<u8>,
    fraction: Vec<u8>,
}

/// How many digits follow a head.
fn digits_of(head: usize) -> usize {
    if head < HEADS / 2 { HEADS / 2 - head } else { head - HEADS / 2 + 1 }
}

impl Key {
    fn parse(text: &str) -> Result<Key, OrderError> {
        Key::read(text).ok_or_else(|| OrderError::NotAKey(text.chars().take(super::limits::SHOWN_VALUE_CHARS).collect()))
    }

    fn read(text: &str) -> Option<Key> {
        if text.len() > ORDER_KEY_BYTES {
            return None;
        }
        let (first, rest) = text.as_bytes().split_first()?;
        let head = match first {
            b'A'..=b'Z' => usize::from(first - b'A'),
            b'a'..=b'z' => usize::from(first - b'a') + HEADS / 2,
            _ => return None,
        };
        let numbers: Vec<u8> = rest.iter().map(|byte| DIGITS.binary_search(byte).ok().map(|digit| digit as u8)).collect::<Option<_>>()?;
        let (digits, fraction) = numbers.split_at_checked(digits_of(head))?;
        let key = Key { head, digits: digits.to_vec(), fraction: fraction.to_vec() };
        let smallest = key.integer_is_smallest() && key.fraction.is_empty();
        (!smallest && key.fraction.last() != Some(&0)).then_some(key)
    }

    fn to_text(&self) -> String {
        let head = if self.head < HEADS / 2 { b'A' + self.head as u8 } else { b'a' + (self.head - HEADS / 2) as u8 };
        let digits = self.digits.iter().chain(&self.fraction).filter_map(|digit| DIGITS.get(usize::from(*digit)));
        std::iter::once(&head).chain(digits).map(|byte| char::from(*byte)).collect()
    }

    fn integer_is_smallest(&self) -> bool {
        self.head == 0 && self.digits.iter().all(|digit| *digit == 0)
    }

    /// The next integer, or nothing after the largest.
    fn incremented(&self) -> Option<Key> {
        self.stepped(RADIX - 1, 0, |digit| digit + 1, |head| (head + 1 < HEADS).then_some(head + 1))
    }

    /// The integer before, or nothing before the smallest.
    fn decremented(&self) -> Option<Key> {
        self.stepped(0, RADIX - 1, |digit| digit - 1, |head| head.checked_sub(1))
    }

    /// Counts by one: digits at `full` turn over to `turned` from the right until one takes the step; else the head does.
    fn stepped(&self, full: u8, turned: u8, step: impl Fn(u8) -> u8, next_head: impl Fn(usize) -> Option<usize>) -> Option<Key> {
        let mut digits = self.digits.clone();
        for digit in digits.iter_mut().rev() {
            if *digit != full {
                *digit = step(*digit);
                return Some(Key { head: self.head, digits, fraction: Vec::new() });
            }
            *digit = turned;
        }
        let head = next_head(self.head)?;
        digits.resize(digits_of(head), turned);
        Some(Key { head, digits, fraction: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Made with `generateKeyBetween` of the npm package fractional-indexing 4.0.0.
    const VECTORS: &str = include_str!("order_vectors.txt");

    #[test]
    fn the_same_neighbours_give_the_same_key_as_the_npm_package() {
        let mut count = 0;
        for line in VECTORS.lines() {
            let mut cells = line.split(' ').map(|cell| (cell != "-").then_some(cell));
            let (left, right) = (cells.next().unwrap(), cells.next().unwrap());
            let expected = cells.next().unwrap().unwrap();
            assert_eq!(between(left, right).as_deref(), Ok(expected), "between {left:?} and {right:?}");
            count += 1;
        }
        assert!(count >= 500, "the vectors are there");
    }

    #[test]
    fn a_text_that_is_no_key_is_refused() {
        let smallest = format!("A{}", "0".repeat(26));
        for wrong in ["", "a", "0", "a00", "b0", "a0 ", "a0é", "Zz0", "-", smallest.as_str(), &"z".repeat(300)] {
            assert!(!is_key(wrong), "{wrong:?} is no key");
            assert!(matches!(between(Some(wrong), None), Err(OrderError::NotAKey(_))), "{wrong:?} is no neighbour");
        }
        for right in ["a0", "Zz", "a0V", "b00", "zzzzzzzzzzzzzzzzzzzzzzzzzzzV"] {
            assert!(is_key(right), "{right:?} is a key");
        }
    }

    #[test]
    fn nothing_is_between_two_keys_that_do_not_ascend() {
        assert_eq!(between(Some("a1"), Some("a0")), Err(OrderError::NotAscending));
        assert_eq!(between(Some("a1"), Some("a1")), Err(OrderError::NotAscending));
        assert_eq!(between(Some("a0"), Some("a1")).as_deref(), Ok("a0V"), "but here there is");
    }

    #[test]
    fn a_place_is_found_beside_ties_and_foreign_keys() {
        assert_eq!(at(&[], 0).as_deref(), Ok("a0"));
        assert_eq!(at(&["a0", "a0", "a2"], 1).as_deref(), Ok("a1"), "between two equal keys: behind both");
        assert_eq!(at(&["", "a0", "~"], 99).as_deref(), Ok("a1"), "what is no key is passed over");
        assert_eq!(at(&["a0", "a1"], 0).as_deref(), Ok("Zz"));
    }

    #[test]
    fn inserting_at_one_place_for_a_thousand_times_fits_and_then_says_that_it_does_not() {
        let (left, mut right) = ("a0".to_owned(), "a1".to_owned());
        let mut inserted = 0;
        let refusal = loop {
            match between(Some(&left), Some(&right)) {
                Ok(key) => right = key,
                Err(refusal) => break refusal,
            }
            inserted += 1;
        };
        assert!(inserted >= 1_000, "only {inserted} fitted");
        assert_eq!(refusal, OrderError::NoRoom);
    }

    proptest! {
        #[test]
        fn any_insertions_keep_the_order(places in prop::collection::vec(any::<prop::sample::Index>(), 1..120)) {
            let mut keys: Vec<String> = Vec::new();
            for place in places {
                let index = place.index(keys.len() + 1);
                let siblings: Vec<&str> = keys.iter().map(String::as_str).collect();
                let key = at(&siblings, index).expect("there is room");
                prop_assert!(is_key(&key));
                keys.insert(index, key);
                prop_assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "keys ascend: {keys:?}");
            }
        }

        #[test]
        fn any_two_keys_have_one_between_them(a in "[A-Za-z][0-9A-Za-z]{1,30}", b in "[A-Za-z][0-9A-Za-z]{1,30}") {
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            match between(Some(&low), Some(&high)) {
                Ok(key) => prop_assert!(low < key && key < high, "{low} < {key} < {high}"),
                Err(refusal) => prop_assert!(!is_key(&low) || !is_key(&high) || low == high, "refused: {refusal}"),
            }
            if is_key(&low) {
                prop_assert!(between(None, Some(&low)).is_ok_and(|key| key < low));
                prop_assert!(between(Some(&low), None).is_ok_and(|key| key > low));
            }
        }

        #[test]
        fn no_text_makes_it_panic(a in ".{0,40}", b in ".{0,40}") {
            let _ = between(Some(&a), Some(&b));
            let _ = at(&[&a, &b], 1);
        }
    }
}
