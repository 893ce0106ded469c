//! Regular expressions, for text conditions and for the filter `resplit`: found anywhere in the text, letters agreeing in
//! case unless `(?i)` leads.
//!
//! In: a pattern in the common part of Python's syntax. Out: whether and where it fits, or why it cannot be read.
//! Invariant: takes time in proportion to text and pattern, whatever they are; there is no backtracking, so look-around and
//! back-references do not exist. <https://docs.python.org/3/library/re.html#regular-expression-syntax>

use std::iter::Peekable;
use std::ops::Range;
use std::str::Chars;

use thiserror::Error;

/// Larger programs are refused: `(a{999}){999}` is a slip, not a condition.
const MAX_STEPS: usize = 4_000;
/// Deeper nesting is refused, so that reading a pattern needs little stack.
const MAX_DEPTH: usize = 50;

/// Why a pattern cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PatternProblem {
    #[error("it is empty")]
    Empty,
    #[error("a bracket is not closed")]
    Unclosed,
    #[error("a closing bracket has no opening one")]
    Unopened,
    #[error("there is nothing to repeat before *, +, ? or {{")]
    NothingToRepeat,
    #[error("a range in [ ] ends before it starts")]
    BadRange,
    #[error("it ends with a lone backslash")]
    LoneBackslash,
    #[error("look-around, back-references and named groups do not work here")]
    Unsupported,
    #[error("it is too large")]
    TooLarge,
}

/// A regular expression, ready to search with.
#[derive(Debug, Clone)]
pub struct Pattern {
    steps: Vec<Step>,
    ignores_case: bool,
}

#[derive(Debug, Clone)]
enum Step {
    One(Set),
    Start,
    End,
    WordEdge {
        is_wanted: bool,
    },
    /// Goes on at both places.
    Fork(usize, usize),
    Go(usize),
    Found,
}

/// Which characters fit.
#[derive(Debug, Clone)]
struct Set {
    ranges: Vec<(char, char)>,
    is_negated: bool,
}

/// A piece of the pattern.
#[derive(Debug, Clone)]
enum Piece {
    One(Set),
    Start,
    End,
    WordEdge { is_wanted: bool },
    Choice(Vec<Vec<Piece>>),
    Repeat { piece: Box<Piece>, min: usize, max: Option<usize>, is_lazy: bool },
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternProblem> {
        if text.is_empty() {
            return Err(PatternProblem::Empty);
        }
        let (ignores_case, text) = text.strip_prefix("(?i)").map_or((false, text), |rest| (true, rest));
        let mut chars = text.chars().peekable();
        let piece = read_choice(&mut chars, 0)?;
        if chars.next().is_some() {
            return Err(PatternProblem::Unopened);
        }
        let mut steps = Vec::new();
        compile(&piece, &mut steps)?;
        steps.push(Step::Found);
        Ok(Self { steps, ignores_case })
    }

    /// Whether the pattern fits anywhere in `text`.
    pub fn is_found_in(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        self.search(&chars, 0, Wanted::Any, &mut 0).is_some()
    }

    /// The pieces between what the pattern fits, as Python's `re.split` gives them for a pattern without groups.
    /// With them, how many looks at a character that took; `None` if more than `max_tries`.
    pub fn split(&self, text: &str, max_tries: usize) -> Option<(Vec<String>, usize)> {
        let chars: Vec<char> = text.chars().collect();
        let mut pieces = Vec::new();
        let (mut kept, mut from, mut n_tries) = (0, 0, 0);
        while from <= chars.len() {
            let Some(found) = self.search(&chars, from, Wanted::Preferred, &mut n_tries) else { break };
            if n_tries > max_tries {
                return None;
            }
            pieces.push(chars.get(kept..found.start).unwrap_or_default().iter().collect());
            kept = found.end;
            from = if found.is_empty() { found.end + 1 } else { found.end };
        }
        pieces.push(chars.get(kept..).unwrap_or_default().iter().collect());
        Some((pieces, n_tries))
    }

    /// Where the pattern first fits at `from` or after it. All ways through it are followed at once, the preferred first.
    fn search(&self, chars: &[char], from: usize, wanted: Wanted, n_tries: &mut usize) -> Option<Range<usize>> {
        let (mut now, mut next) = (Places::new(self.steps.len()), Places::new(self.steps.len()));
        let mut best = None;
        for position in from..=chars.len() {
            // A match may begin at every position until one is found.
            if best.is_none() {
                self.follow((0, position), chars, position, &mut now);
            }
            *n_tries += now.list.len();
            for idx in 0..now.list.len() {
                let (place, start) = now.list.get(idx).copied().unwrap_or_default();
                match self.steps.get(place) {
                    Some(Step::Found) => {
                        best = Some(start..position);
                        if wanted == Wanted::Any {
                            return best;
                        }
                        // The ways that follow are less preferred.
                        break;
                    }
                    Some(Step::One(set)) if chars.get(position).is_some_and(|char| self.fits(set, *char)) => {
                        self.follow((place + 1, start), chars, position + 1, &mut next);
                    }
                    _ => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
            next.clear();
            if now.list.is_empty() && best.is_some() {
                break;
            }
        }
        best
    }

    /// Adds every place that is reached from `start` without a character, the preferred ones first.
    fn follow(&self, start: (usize, usize), chars: &[char], position: usize, places: &mut Places) {
        let mut open = vec![start];
        while let Some((place, begun)) = open.pop() {
            if !places.add((place, begun)) {
                continue;
            }
            let is_passed = match self.steps.get(place) {
                None | Some(Step::One(_) | Step::Found) => false,
                Some(Step::Fork(one, other)) => {
                    open.extend([(*other, begun), (*one, begun)]);
                    false
                }
                Some(Step::Go(to)) => {
                    open.push((*to, begun));
                    false
                }
                Some(Step::Start) => position == 0,
                // As in Python, `$` stands before a last line break too.
                Some(Step::End) => {
                    position == chars.len() || (position + 1 == chars.len() && chars.last() == Some(&'\n'))
                }
                Some(Step::WordEdge { is_wanted }) => {
                    let before = position.checked_sub(1).and_then(|idx| chars.get(idx)).is_some_and(|c| is_word(*c));
                    let after = chars.get(position).is_some_and(|c| is_word(*c));
                    (before != after) == *is_wanted
                }
            };
            if is_passed {
                open.push((place + 1, begun));
            }
        }
    }

    fn fits(&self, set: &Set, char: char) -> bool {
        let is_in = |char: char| set.ranges.iter().any(|(first, last)| *first <= char && char <= *last);
        let is_in_any_case =
            is_in(char) || self.ignores_case && (char.to_lowercase().any(is_in) || char.to_uppercase().any(is_in));
        is_in_any_case != set.is_negated
    }
}

/// What a search looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Whether there is a match at all.
    Any,
    /// The match that Python would find.
    Preferred,
}

/// Places in the program, each once, with where the match began.
struct Places {
    list: Vec<(usize, usize)>,
    is_there: Vec<bool>,
}

impl Places {
    fn new(n_steps: usize) -> Self {
        Self { list: Vec::new(), is_there: vec![false; n_steps] }
    }

    fn add(&mut self, place: (usize, usize)) -> bool {
        match self.is_there.get_mut(place.0) {
            Some(is_there) if !*is_there => {
                *is_there = true;
                self.list.push(place);
                true
            }
            Some(_) | None => false,
        }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.is_there.fill(false);
    }
}

type Rest<'a> = Peekable<Chars<'a>>;

fn read_choice(rest: &mut Rest<'_>, depth: usize) -> Result<Piece, PatternProblem> {
    if depth > MAX_DEPTH {
        return Err(PatternProblem::TooLarge);
    }
    let mut ways = vec![Vec::new()];
    loop {
        match rest.peek() {
            None | Some(')') => return Ok(Piece::Choice(ways)),
            Some('|') => {
                rest.next();
                ways.push(Vec::new());
            }
            Some(_) => {
                let piece = read_piece(rest, depth)?;
                let piece = read_repeats(rest, piece)?;
                if let Some(way) = ways.last_mut() {
                    way.push(piece);
                }
            }
        }
    }
}

fn read_piece(rest: &mut Rest<'_>, depth: usize) -> Result<Piece, PatternProblem> {
    Ok(match rest.next().unwrap_or_default() {
        '.' => Piece::One(Set { ranges: vec![('\n', '\n')], is_negated: true }),
        '^' => Piece::Start,
        '$' => Piece::End,
        '*' | '+' | '?' => return Err(PatternProblem::NothingToRepeat),
        '[' => Piece::One(read_set(rest)?),
        '\\' => match rest.next().ok_or(PatternProblem::LoneBackslash)? {
            'b' => Piece::WordEdge { is_wanted: true },
            'B' => Piece::WordEdge { is_wanted: false },
            'A' => Piece::Start,
            'Z' => Piece::End,
            '1'..='9' => return Err(PatternProblem::Unsupported),
            other => Piece::One(escaped(other)),
        },
        '(' => {
            if rest.peek() == Some(&'?') {
                rest.next();
                if rest.next() != Some(':') {
                    return Err(PatternProblem::Unsupported);
                }
            }
            let inner = read_choice(rest, depth + 1)?;
            if rest.next() != Some(')') {
                return Err(PatternProblem::Unclosed);
            }
            inner
        }
        other => Piece::One(Set { ranges: vec![(other, other)], is_negated: false }),
    })
}

fn read_repeats(rest: &mut Rest<'_>, piece: Piece) -> Result<Piece, PatternProblem> {
    let ((min, max), n_chars) = match rest.peek() {
        Some('*') => ((0, None), 1),
        Some('+') => ((1, None), 1),
        Some('?') => ((0, Some(1)), 1),
        // A brace that holds no numbers is a brace.
        Some('{') => match read_bounds(rest.clone()) {
            Some(bounds) => bounds,
            None => return Ok(piece),
        },
        Some(_) | None => return Ok(piece),
    };
    for _ in 0..n_chars {
        rest.next();
    }
    match piece {
        Piece::Start | Piece::End | Piece::WordEdge { .. } => return Err(PatternProblem::NothingToRepeat),
        Piece::One(_) | Piece::Choice(_) | Piece::Repeat { .. } => {}
    }
    if max.is_some_and(|max| max < min) {
        return Err(PatternProblem::BadRange);
    }
    let is_lazy = rest.next_if_eq(&'?').is_some();
    if matches!(rest.peek(), Some('*' | '+' | '?')) {
        return Err(PatternProblem::NothingToRepeat);
    }
    Ok(Piece::Repeat { piece: Box::new(piece), min, max, is_lazy })
}

type Bounds = (usize, Option<usize>);

/// `{2}`, `{2,}`, `{,5}` or `{2,5}`, with how many characters it takes.
fn read_bounds(rest: Rest<'_>) -> Option<(Bounds, usize)> {
    let inside: String = rest.skip(1).take_while(|c| *c != '}').take(12).collect();
    let (min, max) = inside.split_once(',').unwrap_or((&inside, &inside));
    let number = |text: &str| (text.len() <= 4).then(|| text.parse::<usize>().ok()).flatten();
    let bounds = match (min, max) {
        ("", "") => return None,
        ("", max) => (0, Some(number(max)?)),
        (min, "") => (number(min)?, None),
        (min, max) => (number(min)?, Some(number(max)?)),
    };
    Some((bounds, inside.len() + 2))
}

/// What stands between `[` and `]`.
fn read_set(rest: &mut Rest<'_>) -> Result<Set, PatternProblem> {
    let is_negated = rest.next_if_eq(&'^').is_some();
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut is_first = true;
    loop {
        let first = match rest.next().ok_or(PatternProblem::Unclosed)? {
            ']' if !is_first => return Ok(Set { ranges, is_negated }),
            '\\' => {
                let set = escaped(rest.next().ok_or(PatternProblem::LoneBackslash)?);
                match (set.is_negated, set.ranges.as_slice()) {
                    (false, [(one, other)]) if one == other => *one,
                    (false, several) => {
                        ranges.extend(several);
                        is_first = false;
                        continue;
                    }
                    // The complement inside a set, such as [^\D], is rare enough to be left out.
                    (true, _) => return Err(PatternProblem::Unsupported),
                }
            }
            other => other,
        };
        is_first = false;
        let mut ahead = rest.clone();
        let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|last| *last != ']');
        if !is_range {
            ranges.push((first, first));
            continue;
        }
        rest.next();
        let last = match rest.next().ok_or(PatternProblem::Unclosed)? {
            '\\' => rest.next().ok_or(PatternProblem::LoneBackslash)?,
            other => other,
        };
        if last < first {
            return Err(PatternProblem::BadRange);
        }
        ranges.push((first, last));
    }
}

/// What a backslash and a character stand for.
fn escaped(char: char) -> Set {
    let (ranges, is_negated) = match char {
        'd' | 'D' => (vec![('0', '9')], char == 'D'),
        'w' | 'W' => (WORD.to_vec(), char == 'W'),
        's' | 'S' => (vec![('\t', '\r'), (' ', ' '), ('\u{a0}', '\u{a0}')], char == 'S'),
        'n' => (vec![('\n', '\n')], false),
        't' => (vec![('\t', '\t')], false),
        'r' => (vec![('\r', '\r')], false),
        other => (vec![(other, other)], false),
    };
    Set { ranges, is_negated }
}

/// Letters of every script lie above the signs of Latin-1, near enough.
const WORD: [(char, char); 5] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'), ('\u{c0}', '\u{10ffff}')];

fn is_word(char: char) -> bool {
    WORD.iter().any(|(first, last)| *first <= char && char <= *last)
}

fn compile(piece: &Piece, steps: &mut Vec<Step>) -> Result<(), PatternProblem> {
    if steps.len() > MAX_STEPS {
        return Err(PatternProblem::TooLarge);
    }
    match piece {
        Piece::One(set) => steps.push(Step::One(set.clone())),
        Piece::Start => steps.push(Step::Start),
        Piece::End => steps.push(Step::End),
        Piece::WordEdge { is_wanted } => steps.push(Step::WordEdge { is_wanted: *is_wanted }),
        Piece::Choice(ways) => {
            let mut exits = Vec::new();
            for (way_idx, way) in ways.iter().enumerate() {
                let fork = steps.len();
                let is_last = way_idx + 1 == ways.len();
                if !is_last {
                    steps.push(Step::Found);
                }
                for piece in way {
                    compile(piece, steps)?;
                }
                if !is_last {
                    exits.push(steps.len());
                    steps.push(Step::Found);
                    let next = steps.len();
                    set_step(steps, fork, Step::Fork(fork + 1, next));
                }
            }
            let end = steps.len();
            for exit in exits {
                set_step(steps, exit, Step::Go(end));
            }
        }
        Piece::Repeat { piece, min, max, is_lazy } => {
            let fork_to =
                |more: usize, end: usize| if *is_lazy { Step::Fork(end, more) } else { Step::Fork(more, end) };
            for _ in 0..*min {
                compile(piece, steps)?;
            }
            match max {
                None => {
                    let fork = steps.len();
                    steps.push(Step::Found);
                    compile(piece, steps)?;
                    steps.push(Step::Go(fork));
                    let end = steps.len();
                    set_step(steps, fork, fork_to(fork + 1, end));
                }
                Some(max) => {
                    let mut forks = Vec::new();
                    for _ in *min..*max {
                        forks.push(steps.len());
                        steps.push(Step::Found);
                        compile(piece, steps)?;
                    }
                    let end = steps.len();
                    for fork in forks {
                        set_step(steps, fork, fork_to(fork + 1, end));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Fills in a step that was left open until its targets were known.
fn set_step(steps: &mut [Step], place: usize, step: Step) {
    if let Some(open) = steps.get_mut(place) {
        *open = step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, found: &[&str], missed: &[&str]) {
        let pattern = Pattern::parse(pattern).unwrap();
        for text in found {
            assert!(pattern.is_found_in(text), "{pattern:?} in {text:?}");
        }
        for text in missed {
            assert!(!pattern.is_found_in(text), "{pattern:?} in {text:?}");
        }
    }

    #[test]
    fn patterns_are_found_anywhere() {
        check("SPRING", &["SPRING10", "xSPRING"], &["spring", "SPRIN", ""]);
        check("^SPRING\\d+$", &["SPRING10", "SPRING1\n"], &["SPRING", "xSPRING10", "SPRING10 x"]);
        check("(?i)spring", &["Spring", "SPRING"], &["sprig"]);
        check("a|bc|", &["", "a", "x"], &[]);
        check("^(?:a|bc)$", &["a", "bc"], &["", "ab", "abc"]);
        check("^gr[ae]y$", &["gray", "grey"], &["griy", "gr y"]);
        check("^[^0-9]+$", &["abc"], &["a1", ""]);
        check("^[]a-]+$", &["]", "a-]"], &["b"]);
        check("^a.c$", &["abc", "a🎁c"], &["a\nc", "ac"]);
        check(r"\bcat\b", &["a cat sat", "cat"], &["concat", "cats"]);
        check(r"^\w+@example\.com$", &["ann@example.com", "Yılmaz@example.com"], &["ann@exampleXcom", "@example.com"]);
        check(r"^[\w.+-]+$", &["a.b+c-d"], &["a b"]);
    }

    #[test]
    fn repeats() {
        check("^a*$", &["", "aaa"], &["b"]);
        check("^a+?b?$", &["a", "aab"], &["b", "abb"]);
        check("^(ab){2}$", &["abab"], &["ab", "ababab"]);
        check("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]);
        check("^a{2,}$", &["aa", "aaaaa"], &["a"]);
        check("^a{,1}$", &["", "a"], &["aa"]);
        check("^a{x}$", &["a{x}"], &["a"]);
        check("^(a*)*$", &["", "aaaa"], &["b"]);
    }

    #[test]
    fn a_pattern_that_explodes_elsewhere_is_quick() {
        let text = "a".repeat(20_000) + "!";
        check("^(a+)+$", &[], &[&text]);
        check("(a|aa)+b", &[], &[&text]);
    }

    #[track_caller]
    fn check_split(pattern: &str, text: &str, expected: &[&str]) {
        let pattern = Pattern::parse(pattern).unwrap();
        assert_eq!(pattern.split(text, 1_000_000).unwrap().0, expected, "{pattern:?} in {text:?}");
    }

    /// What Python 3.11's `re.split` gives.
    #[test]
    fn texts_are_split_as_python_splits_them() {
        check_split(r"\s+", "one  two\tthree", &["one", "two", "three"]);
        check_split(r"\s+", " a ", &["", "a", ""]);
        check_split(r",\s*|;", "a, b;c,,d", &["a", "b", "c", "", "d"]);
        check_split("x", "abc", &["abc"]);
        check_split("x", "", &[""]);
        check_split("x*", "axbc", &["", "a", "", "b", "c", ""]);
        check_split("a|ab", "xaby", &["x", "by"]);
        check_split("ab|a", "xaby", &["x", "y"]);
        check_split("<.+>", "a<b>c<d>e", &["a", "e"]);
        check_split("<.+?>", "a<b>c<d>e", &["a", "c", "e"]);
        check_split("a{1,2}?", "xaay", &["x", "", "y"]);
        check_split("a??b", "xaby", &["x", "y"]);
        check_split("(?:a|b)+", "xabay", &["x", "y"]);
        check_split("$", "ab", &["ab", ""]);
        check_split("🎁", "a🎁b", &["a", "b"]);
    }

    #[test]
    fn a_split_that_would_take_too_long_is_given_up() {
        let pattern = Pattern::parse("a(.*b)?").unwrap();
        assert_eq!(pattern.split(&"a".repeat(50_000), 1_000_000), None);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (pattern, problem) in [
            ("", PatternProblem::Empty),
            ("(a", PatternProblem::Unclosed),
            ("[a", PatternProblem::Unclosed),
            ("a)", PatternProblem::Unopened),
            ("*a", PatternProblem::NothingToRepeat),
            ("a**", PatternProblem::NothingToRepeat),
            ("^*", PatternProblem::NothingToRepeat),
            ("[z-a]", PatternProblem::BadRange),
            ("a{3,2}", PatternProblem::BadRange),
            ("a\\", PatternProblem::LoneBackslash),
            ("(?=a)", PatternProblem::Unsupported),
            ("(a)\\1", PatternProblem::Unsupported),
            ("(a{999}){999}", PatternProblem::TooLarge),
        ] {
            assert_eq!(Pattern::parse(pattern).err(), Some(problem), "{pattern}");
        }
        assert_eq!(Pattern::parse(&"(".repeat(100_000)).err(), Some(PatternProblem::TooLarge));
    }
}
