//! Filler text.
//!
//! In: how much, and the rendering's chance. Out: Latin words.
//! Invariant: the first words are the common ones, unless random ones are asked for.

use crate::domain::template::run::Scopes;

const COMMON: &str = "lorem ipsum dolor sit amet consectetur adipisicing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua";
const COMMON_PARAGRAPH: &str = "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum.";
const MORE: [&str; 24] = [
    "exercitationem",
    "perferendis",
    "perspiciatis",
    "laborum",
    "eveniet",
    "sunt",
    "iure",
    "nam",
    "nobis",
    "eum",
    "cum",
    "officiis",
    "excepturi",
    "odio",
    "consectetur",
    "quasi",
    "aut",
    "quisquam",
    "vel",
    "eligendi",
    "itaque",
    "non",
    "odit",
    "tempore",
];

/// `count` words (`w`), paragraphs (`b`) or HTML paragraphs (`p`).
pub fn text(count: i64, method: &str, is_common: bool, scopes: &Scopes) -> String {
    if method == "w" {
        return words(count, is_common, scopes).join(" ");
    }
    let paragraphs: Vec<String> = (0..count.max(0))
        .map(|idx| if is_common && idx == 0 { COMMON_PARAGRAPH.to_owned() } else { paragraph(scopes) })
        .map(|text| if method == "p" { format!("<p>{text}</p>") } else { text })
        .collect();
    paragraphs.join("\n\n")
}

fn words(count: i64, is_common: bool, scopes: &Scopes) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = if is_common { COMMON.split(' ').collect() } else { Vec::new() };
    // Fewer than none leaves words out at the end, as Python's slices do.
    let n_words = i64::try_from(words.len()).unwrap_or(0);
    let n_kept = if count < 0 { count + n_words } else { count };
    let count = usize::try_from(n_kept.max(0)).unwrap_or(0);
    words.truncate(count);
    while words.len() < count {
        words.push(MORE.get(scopes.random_below(MORE.len())).copied().unwrap_or("sed"));
    }
    words
}

fn paragraph(scopes: &Scopes) -> String {
    let n_sentences = 1 + scopes.random_below(4);
    let sentences: Vec<String> = (0..n_sentences)
        .map(|_| {
            let text = words(3 + i64::try_from(scopes.random_below(10)).unwrap_or(0), false, scopes).join(" ");
            let mut letters = text.chars();
            let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
            format!("{first}{}.", letters.as_str())
        })
        .collect();
    sentences.join(" ")
}
