//! One line of JSON for each figure, for people and programs alike:
//! `{"bench":"catchup","case":"10 % away","value":3120,"unit":"B","bar":4200,"holds":true}`. A figure without a bar is there to be looked at.

use std::process::ExitCode;

use serde_json::json;

/// What a figure must keep to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bar {
    /// The figure may be this and less.
    AtMost(f64),
    /// The figure may be this and more.
    AtLeast(f64),
    /// Only shown.
    None,
}

impl Bar {
    /// Whether a figure keeps to it; none where there is no bar. What is no number keeps to nothing.
    fn holds(self, value: f64) -> Option<bool> {
        match self {
            Self::AtMost(bar) => Some(value <= bar),
            Self::AtLeast(bar) => Some(value >= bar),
            Self::None => None,
        }
    }

    fn number(self) -> Option<f64> {
        match self {
            Self::AtMost(bar) | Self::AtLeast(bar) => Some(bar),
            Self::None => None,
        }
    }
}

/// The figures of one benchmark.
pub struct Report {
    bench: &'static str,
    missed: usize,
}

impl Report {
    /// Begins the report of a benchmark.
    pub fn new(bench: &'static str) -> Self {
        Self { bench, missed: 0 }
    }

    /// Prints a figure.
    pub fn line(&mut self, case: &str, value: f64, unit: &str, bar: Bar) {
        let (line, holds) = self.text(case, value, unit, bar);
        println!("{line}");
        if holds == Some(false) {
            self.missed += 1;
        }
    }

    fn text(&self, case: &str, value: f64, unit: &str, bar: Bar) -> (String, Option<bool>) {
        let mut line = json!({ "bench": self.bench, "case": case, "value": number(value), "unit": unit });
        let holds = bar.holds(value);
        if let (Some(bar), Some(holds)) = (bar.number(), holds) {
            line["bar"] = number(bar);
            line["holds"] = holds.into();
        }
        (line.to_string(), holds)
    }

    /// Success where every bar was kept to.
    pub fn close(self) -> ExitCode {
        if self.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Whole numbers without a fraction, others with three digits of one: nothing that we measure is finer.
fn number(value: f64) -> serde_json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT { json!(value as i64) } else { json!((value * 1_000.0).round() / 1_000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_whether_it_keeps_to_its_bar() {
        let report = Report::new("resync");
        let text = |value, bar| report.text("1,000 documents", value, "B", bar).0;
        assert_eq!(text(900.0, Bar::AtMost(1024.0)), r#"{"bar":1024,"bench":"resync","case":"1,000 documents","holds":true,"unit":"B","value":900}"#);
        assert!(text(1025.0, Bar::AtMost(1024.0)).contains(r#""holds":false"#));
        assert!(text(59.9, Bar::AtLeast(60.0)).contains(r#""holds":false"#));
        assert!(text(60.0, Bar::AtLeast(60.0)).contains(r#""holds":true"#));
        assert!(text(f64::NAN, Bar::AtMost(1.0)).contains(r#""holds":false"#), "no figure keeps to no bar");
        assert!(!text(1.23456, Bar::None).contains("holds"));
        assert!(text(1.23456, Bar::None).contains("1.235"));
    }
}
