//! The difference between two texts, line by line.
//!
//! In: two texts. Out: lines that are in both, only in the first, or only in the second.
//! Invariant: the lines that are not only in the second make up the first again, and the other way round.

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Both,
    First,
    Second,
}

/// More lines on either side are not compared one by one.
const MAX_LINES: usize = 1_500;

/// Compares two texts.
pub fn line_difference<'a>(first: &'a str, second: &'a str) -> Vec<(Side, &'a str)> {
    let a: Vec<&str> = first.lines().collect();
    let b: Vec<&str> = second.lines().collect();
    let n_same_start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = a.len().min(b.len()) - n_same_start;
    let n_same_end = a.iter().rev().zip(b.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut lines: Vec<(Side, &str)> = a.iter().take(n_same_start).map(|line| (Side::Both, *line)).collect();
    let middle = |all: &[&'a str]| -> Vec<&'a str> {
        all.get(n_same_start..all.len() - n_same_end).unwrap_or_default().to_vec()
    };
    compare(&middle(&a), &middle(&b), &mut lines);
    lines.extend(a.iter().skip(a.len() - n_same_end).map(|line| (Side::Both, *line)));
    lines
}

/// The longest common lines, by a table.
fn compare<'a>(a: &[&'a str], b: &[&'a str], lines: &mut Vec<(Side, &'a str)>) {
    if a.len() > MAX_LINES || b.len() > MAX_LINES {
        lines.extend(a.iter().map(|line| (Side::First, *line)));
        lines.extend(b.iter().map(|line| (Side::Second, *line)));
        return;
    }
    let width = b.len() + 1;
    // `lengths[i * width + j]`: the longest common lines of what follows i and j.
    let mut lengths = vec![0_u16; (a.len() + 1) * width];
    let get = |lengths: &[u16], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, left) in a.iter().enumerate().rev() {
        for (j, right) in b.iter().enumerate().rev() {
            let length = if left == right {
                get(&lengths, i + 1, j + 1) + 1
            } else {
                get(&lengths, i + 1, j).max(get(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    loop {
        match (a.get(i), b.get(j)) {
            (None, None) => return,
            (Some(left), Some(right)) if left == right => {
                lines.push((Side::Both, left));
                (i, j) = (i + 1, j + 1);
            }
            (Some(left), right) if right.is_none() || get(&lengths, i + 1, j) >= get(&lengths, i, j + 1) => {
                lines.push((Side::First, left));
                i += 1;
            }
            (_, Some(right)) => {
                lines.push((Side::Second, right));
                j += 1;
            }
            (Some(left), None) => {
                lines.push((Side::First, left));
                i += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(first: &str, second: &str) -> String {
        line_difference(first, second)
            .into_iter()
            .map(|(side, line)| match side {
                Side::Both => format!(" {line}"),
                Side::First => format!("-{line}"),
                Side::Second => format!("+{line}"),
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn changed_added_and_removed_lines_are_told() {
        assert_eq!(said("a\nb\nc", "a\nx\nc"), " a\n-b\n+x\n c");
        assert_eq!(said("a\nc", "a\nb\nc"), " a\n+b\n c");
        assert_eq!(said("a\nb\nc", "c"), "-a\n-b\n c");
        assert_eq!(said("a\na", "a"), " a\n-a");
        assert_eq!(said("", ""), "");
    }

    #[test]
    fn both_texts_can_be_read_back() {
        let (first, second) = ("a\nb\nc\nd\nb", "b\nc\nx\nb\nb\ny");
        let lines = line_difference(first, second);
        let side = |without: Side| {
            let lines: Vec<_> = lines.iter().filter(|(side, _)| *side != without).map(|(_, line)| *line).collect();
            lines.join("\n")
        };
        assert_eq!((side(Side::Second).as_str(), side(Side::First).as_str()), (first, second));
    }
}
