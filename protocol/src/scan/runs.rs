//! Run-length encoded columns, walked run by run.
//!
//! [`survey`] and [`survey_booleans`] look at a column once: how many rows it stands for, and whether it is written in the one form in
//! which Automerge writes it. Automerge keeps operations, not bytes, and writes a change again when somebody asks for it; a column in
//! another form would come back with another hash. Their cost is that of the column's bytes, whatever number of rows those claim.
//! [`Runs`] and [`Booleans`] then give the rows of a surveyed column one by one, holding one at a time.

use super::leb::Reader;

/// How a column's value is read.
pub(super) type ReadValue<'a, T> = fn(&mut Reader<'a>) -> Option<T>;

/// Rows of a column that is not left out; `None` where it is not in the canonical form.
pub(super) fn survey<'a, T: Copy + PartialEq>(bytes: &'a [u8], read: ReadValue<'a, T>) -> Option<u64> {
    enum Last<T> {
        Nothing,
        Nulls,
        Run(T),
        Literal(T),
    }
    let mut reader = Reader::new(bytes);
    let mut last = Last::Nothing;
    let mut rows = 0u64;
    let mut only_nulls = true;
    while !reader.is_empty() {
        let head = reader.signed()?;
        let (count, next) = match head {
            0 => {
                let count = reader.unsigned()?;
                if count == 0 || matches!(last, Last::Nulls) {
                    return None;
                }
                (count, Last::Nulls)
            }
            1.. => {
                let value = read(&mut reader)?;
                let repeats = matches!(last, Last::Run(before) | Last::Literal(before) if before == value);
                if head == 1 || repeats {
                    return None;
                }
                (head.unsigned_abs(), Last::Run(value))
            }
            _ => {
                if matches!(last, Last::Literal(_)) {
                    return None;
                }
                let mut before = if let Last::Run(before) = last { Some(before) } else { None };
                // Every value takes a byte, so this ends with the column.
                for _ in 0..head.unsigned_abs() {
                    let value = read(&mut reader)?;
                    if before == Some(value) {
                        return None;
                    }
                    before = Some(value);
                }
                (head.unsigned_abs(), Last::Literal(before?))
            }
        };
        only_nulls &= matches!(next, Last::Nulls);
        rows = rows.checked_add(count)?;
        last = next;
    }
    (!only_nulls).then_some(rows)
}

/// Rows of a column of booleans, and whether one is true; `None` where it is not in the canonical form.
pub(super) fn survey_booleans(bytes: &[u8]) -> Option<(u64, bool)> {
    let mut reader = Reader::new(bytes);
    let mut rows = 0u64;
    let mut runs = 0u64;
    while !reader.is_empty() {
        let run = reader.unsigned()?;
        if run == 0 && (runs > 0 || reader.is_empty()) {
            return None;
        }
        rows = rows.checked_add(run)?;
        runs += 1;
    }
    Some((rows, runs > 1))
}

/// The rows of a surveyed column. A column that is left out gives nulls for ever.
#[derive(Clone)]
pub(super) struct Runs<'a, T> {
    reader: Reader<'a>,
    read: ReadValue<'a, T>,
    left: u64,
    literal: bool,
    value: Option<T>,
}

impl<'a, T: Copy> Runs<'a, T> {
    pub(super) fn new(bytes: &'a [u8], read: ReadValue<'a, T>) -> Self {
        Self { reader: Reader::new(bytes), read, left: 0, literal: false, value: None }
    }

    pub(super) fn next(&mut self) -> Option<T> {
        if self.left == 0 {
            self.open()?;
        }
        self.left -= 1;
        if self.literal {
            self.value = (self.read)(&mut self.reader);
        }
        self.value
    }

    fn open(&mut self) -> Option<()> {
        let head = self.reader.signed()?;
        self.literal = head < 0;
        self.value = None;
        self.left = head.unsigned_abs();
        match head {
            0 => self.left = self.reader.unsigned()?,
            1.. => self.value = (self.read)(&mut self.reader),
            _ => {}
        }
        (self.left > 0).then_some(())
    }
}

/// The rows of a surveyed column of differences, added up.
#[derive(Clone)]
pub(super) struct Sums<'a> {
    differences: Runs<'a, i64>,
    sum: i64,
}

impl<'a> Sums<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { differences: Runs::new(bytes, Reader::signed), sum: 0 }
    }

    /// `Err` where the sum is not a counter.
    pub(super) fn next(&mut self) -> Result<Option<u64>, ()> {
        let Some(difference) = self.differences.next() else { return Ok(None) };
        self.sum = self.sum.checked_add(difference).ok_or(())?;
        u64::try_from(self.sum).map(Some).map_err(|_| ())
    }
}

/// The rows of a surveyed column of booleans; false for ever after its end.
#[derive(Clone)]
pub(super) struct Booleans<'a> {
    reader: Reader<'a>,
    left: u64,
    value: bool,
}

impl<'a> Booleans<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(bytes), left: 0, value: true }
    }

    pub(super) fn next(&mut self) -> bool {
        while self.left == 0 {
            let Some(run) = self.reader.unsigned() else { return false };
            self.left = run;
            self.value = !self.value;
        }
        self.left -= 1;
        self.value
    }
}
