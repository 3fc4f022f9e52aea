//! The school's secret as people copy it from paper: seventeen groups of six digits.
//!
//! A group is 16 bits of the secret as five digits and a check digit (Damm's, which finds every wrong digit and every two swapped
//! neighbours); the last group is 16 bits of a hash of the secret, which finds groups left out, doubled or swapped. Digits are the same
//! in every language and on every keyboard.

use zeroize::Zeroizing;

const GROUPS: usize = 16;

/// Damm's table: a weakly totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004).
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Why digits are not a sheet's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("the recovery sheet has {expected} groups of six digits; {found} were given", expected = GROUPS + 1)]
    Groups { found: usize },
    /// Counted from 1.
    #[error("group {0} is not as on the recovery sheet: look at its digits again")]
    Group(usize),
    #[error("every group is right by itself, but they do not belong together in this order")]
    Order,
}

/// The groups, in order, the last one for checking.
pub fn write(secret: &[u8; 32]) -> Vec<String> {
    let parts = secret.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
    parts.chain([check(secret)]).map(group).collect()
}

/// Reads what was copied; anything but digits separates groups, or groups may stand without anything between them.
pub fn read(text: &str) -> Result<Zeroizing<[u8; 32]>, SheetError> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    let groups = digits.chunks(6);
    if digits.len() != (GROUPS + 1) * 6 {
        return Err(SheetError::Groups { found: groups.len() });
    }
    let mut secret = Zeroizing::new([0; 32]);
    let mut given_check = 0;
    for (at, group) in groups.enumerate() {
        let value = value_of(group).ok_or(SheetError::Group(at + 1))?;
        match secret.get_mut(at * 2..at * 2 + 2) {
            Some(place) => place.copy_from_slice(&value.to_be_bytes()),
            None => given_check = value,
        }
    }
    if check(&secret) == given_check { Ok(secret) } else { Err(SheetError::Order) }
}

fn check(secret: &[u8; 32]) -> u16 {
    let hash = blake3::derive_key("jeli 2026 school sheet", secret);
    u16::from_be_bytes([hash[0], hash[1]])
}

fn group(value: u16) -> String {
    let digits = format!("{value:05}");
    let check = damm(digits.bytes().map(|digit| digit - b'0'));
    format!("{digits}{check}")
}

fn value_of(group: &[u8]) -> Option<u16> {
    if damm(group.iter().copied()) != 0 {
        return None;
    }
    let value = group.iter().take(5).fold(0_u32, |value, digit| value * 10 + u32::from(*digit));
    u16::try_from(value).ok()
}

fn damm(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |state, digit| DAMM[usize::from(state)][usize::from(digit % 10)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] =
        [0, 1, 2, 3, 250, 251, 252, 253, 99, 98, 97, 96, 5, 5, 5, 5, 255, 255, 0, 0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204];

    #[test]
    fn a_sheet_reads_back_however_its_groups_are_separated() {
        let groups = write(&SECRET);
        assert_eq!(groups.len(), 17);
        for separator in ["", " ", " - ", "\n"] {
            assert_eq!(*read(&groups.join(separator)).unwrap(), SECRET);
        }
    }

    #[test]
    fn every_wrong_digit_and_every_two_swapped_neighbours_are_found_in_their_group() {
        let text = write(&SECRET).concat();
        for at in 0..text.len() {
            for digit in b'0'..=b'9' {
                let mut wrong = text.clone().into_bytes();
                if wrong[at] == digit {
                    continue;
                }
                wrong[at] = digit;
                assert_eq!(read(std::str::from_utf8(&wrong).unwrap()), Err(SheetError::Group(at / 6 + 1)), "digit {at} as {digit}");
            }
            let mut swapped = text.clone().into_bytes();
            if at % 6 < 5 && swapped[at] != swapped[at + 1] {
                swapped.swap(at, at + 1);
                assert_eq!(read(std::str::from_utf8(&swapped).unwrap()), Err(SheetError::Group(at / 6 + 1)), "digits {at} and the next swapped");
            }
        }
    }

    #[test]
    fn groups_left_out_or_swapped_are_found() {
        let mut groups = write(&SECRET);
        assert_eq!(read(&groups[1..].concat()), Err(SheetError::Groups { found: 16 }));
        groups.swap(2, 3);
        assert_eq!(read(&groups.concat()), Err(SheetError::Order));
    }
}
