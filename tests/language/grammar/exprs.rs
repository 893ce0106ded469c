//! Variables, literals, filters and conditions.

use super::Chance;

const PATHS: &[&str] = &[
    "s",
    "t",
    "n",
    "m",
    "f",
    "g",
    "yes",
    "no",
    "none",
    "l",
    "ns",
    "ts",
    "ll",
    "nest",
    "d",
    "e",
    "rows",
    "when",
    "then",
    "x",
    "y",
    "missing",
    "item",
    "other",
    "forloop.counter",
    "forloop.counter0",
    "forloop.revcounter",
    "forloop.revcounter0",
    "forloop.first",
    "forloop.last",
    "forloop.parentloop",
    "forloop.parentloop.counter",
    "s.0",
    "s.1",
    "s.9",
    "l.0",
    "l.1",
    "l.-1",
    "l.9",
    "d.name",
    "d.items",
    "d.keys",
    "d.values",
    "d.a",
    "d.1",
    "d.get",
    "e.k",
    "e.n",
    "e.n.deep",
    "e.n.list.0",
    "e.n.list",
    "e.items",
    "rows.0",
    "rows.0.name",
    "rows.1.price",
    "rows.0.size.w",
    "rows.0.tags",
    "rows.9.name",
    "when.year",
    "when.month",
    "when.hour",
    "when.date",
    "when.weekday",
    "when.isoformat",
    "s.upper",
    "s.lower",
    "s.title",
    "s.strip",
    "s.split",
    "s.isdigit",
    "s.capitalize",
    "s.swapcase",
    "s.splitlines",
    "s.casefold",
    "s.istitle",
    "n.real",
    "n.bit_length",
    "f.is_integer",
    "f.imag",
    "none.x",
    "yes.real",
    "missing.a.b",
    "True",
    "False",
    "None",
    "x.0",
    "x.name",
    "y.0",
    "x.a.b",
    "item.0",
    "item.name",
    "item.price",
    "item.kind",
    "item.size.h",
    "group.grouper",
    "group.list",
    "group",
    "c",
    "w",
    "k",
    "v",
    "block.super",
    "n.0",
    "when.0",
    "l.count",
    "l.index",
    "s.count",
    "s.join",
    "e.n.deep.name",
    "_x",
    "x._y",
    "x.",
    ".x",
    "x..y",
    "1a",
    "a1",
    "é",
    "d.ä",
    "when.time",
    "when.min",
    "ns.copy",
    "ns.sort",
    "ts.reverse",
    "ns.pop",
    "l.clear",
    "d.popitem",
    "d.copy",
    "s.isalpha",
    "s.isspace",
    "s.isupper",
    "s.islower",
    "s.isalnum",
    "s.isnumeric",
    "s.isdecimal",
    "s.isidentifier",
    "s.isprintable",
    "s.isascii",
    "n.numerator",
    "n.denominator",
    "n.conjugate",
    "f.real",
    "f.conjugate",
    "n.as_integer_ratio",
    "when.toordinal",
    "when.ctime",
    "when.isoweekday",
    "when.minute",
    "when.second",
    "when.microsecond",
    "when.day",
    "when.tzname",
    "when.fold",
    "s.encode",
    "t.format",
    "f.hex",
    "m.to_bytes",
    "n.to_bytes",
    "when.timetuple",
    "when.timetuple.tm_yday",
    "when.isocalendar",
    "when.isocalendar.week",
    "when.isocalendar.1",
    "when.utctimetuple",
    "block.name",
    "None.x",
];

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "-1",
    "-2",
    "+3",
    "15",
    "40",
    "100",
    "1000000",
    "18446744073709551616",
    "007",
    "1_000",
    "-0",
    "255",
    "1234567",
    "123456789012345678901234567890123456789012345",
];
const FLOATS: &[&str] = &[
    "0.0", "1.5", "-2.5", "3.14159", ".5", "-.5", "1e3", "1.5e-7", "1.e2", "2.", "1e", "1.2.3", "1e400", "5.0", "1E5",
    "+1.0", "0.1", "1e16", "12.e",
];
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "b",
    ",",
    ", ",
    "x",
    "abc",
    "Y-m-d",
    "H:i",
    ":2",
    "1:",
    "::2",
    "-3:",
    ":-1",
    "2",
    "0",
    "-1",
    "yes,no",
    "y,n,m",
    "y,ies",
    "es",
    "s",
    "name",
    "price",
    "kind",
    "size.w",
    "0",
    "1",
    "03d",
    ".2f",
    "s",
    "r",
    "d",
    "5.1e",
    "-8s",
    "x",
    "#x",
    "g",
    "i",
    "<b>",
    "it\\'s",
    "a\\\"b",
    "\\\\",
    "\\n",
    "é",
    "&",
    "a&b",
    "%",
    "%s",
    ";",
    "one",
    "two",
    "{{",
    "%}",
    "}}",
    "|",
    "a|b",
    "a:b",
    "item",
    "3",
    "5",
    "10",
    "2g",
    "-2g",
    "g",
    "u",
    "2u",
    "2gu",
    "-",
    "&lt;",
    "/",
    "null",
    "None",
    "D d M Y",
    "N j, P",
    "c",
    "r",
    "U",
    "DATE_FORMAT",
    "SHORT_DATE_FORMAT",
    "TIME_FORMAT",
    "z W o L t S",
    "e T O Z I",
    "\\\\Y\\\\m",
    "jS F",
    "f A a",
    "u",
    "b E",
    "yes,no,maybe,x",
    ",",
    "1:2:3:4",
    "a:b",
    "::-1",
    "2:1",
    "1.5",
    ":",
    "  3 ",
];

/// A literal text in quotes.
pub fn literal_text(chance: &mut Chance) -> String {
    let text = chance.pick(TEXTS);
    if chance.is(50) && !text.contains('\'') {
        format!("'{}'", text.replace("\\\"", "\""))
    } else {
        format!("\"{}\"", text.replace("\\'", "'"))
    }
}

/// A variable.
pub fn path(chance: &mut Chance) -> String {
    let end = if chance.is(35) { 22 } else { PATHS.len() };
    PATHS[chance.below(end)].to_owned()
}

/// A variable or literal.
pub fn head(chance: &mut Chance) -> String {
    match chance.below(12) {
        0 => chance.pick(INTS).to_owned(),
        1 => chance.pick(FLOATS).to_owned(),
        2 | 3 => literal_text(chance),
        _ => path(chance),
    }
}

/// Filters and what their arguments are made of: none, a choice, or anything.
const FILTERS: &[(&str, Arg)] = &[
    ("add", Arg::Any),
    ("addslashes", Arg::None),
    ("capfirst", Arg::None),
    ("center", Arg::Width),
    ("cut", Arg::Text),
    ("date", Arg::Date),
    ("date", Arg::Date),
    ("date", Arg::Letters),
    ("default", Arg::Any),
    ("default", Arg::Text),
    ("default_if_none", Arg::Any),
    (
        "dictsort",
        Arg::Of(&["'name'", "'price'", "'kind'", "'size.w'", "0", "'0'", "1", "'id'", "-1", "'missing'", "'_x'", "''"]),
    ),
    ("dictsortreversed", Arg::Of(&["'name'", "'price'", "'kind'", "'size.h'", "0", "1", "'id'", "'tags'", "'size'"])),
    ("divisibleby", Arg::Of(&["2", "3", "0", "'2'", "m", "1.5", "-3", "n"])),
    ("escape", Arg::None),
    ("escapejs", Arg::None),
    ("escapeseq", Arg::None),
    ("filesizeformat", Arg::None),
    ("first", Arg::None),
    (
        "floatformat",
        Arg::Of(&[
            "2", "0", "-2", "'2g'", "'g'", "'u'", "'2u'", "'-2gu'", "'ug'", "1.5", "'x'", "''", "m", "n", "-1", "3",
            "20", "'0g'", "none", "400",
        ]),
    ),
    ("floatformat", Arg::None),
    ("force_escape", Arg::None),
    ("get_digit", Arg::Of(&["1", "2", "3", "0", "-1", "'2'", "'x'", "99", "m"])),
    ("iriencode", Arg::None),
    ("join", Arg::Text),
    ("json_script", Arg::Of(&["'id'", "'a<b'", "''", "s", "none"])),
    ("json_script", Arg::None),
    ("last", Arg::None),
    ("length", Arg::None),
    ("linebreaks", Arg::None),
    ("linebreaksbr", Arg::None),
    ("linenumbers", Arg::None),
    ("ljust", Arg::Width),
    ("lower", Arg::None),
    ("make_list", Arg::None),
    ("phone2numeric", Arg::None),
    ("pluralize", Arg::Of(&["'es'", "'y,ies'", "',s'", "'a,b,c'", "''", "s"])),
    ("pluralize", Arg::None),
    ("pprint", Arg::None),
    ("rjust", Arg::Width),
    ("safe", Arg::None),
    ("safeseq", Arg::None),
    (
        "slice",
        Arg::Of(&[
            "':2'",
            "'1:'",
            "'::2'",
            "'-3:'",
            "':-1'",
            "'2'",
            "2",
            "'1:3'",
            "'::-1'",
            "'2:1'",
            "'x'",
            "'1:2:3:4'",
            "''",
            "'::0'",
            "'-99:99'",
            "m",
            "none",
            "'5::-2'",
        ]),
    ),
    ("slugify", Arg::None),
    ("stringformat", Arg::Format),
    ("stringformat", Arg::Format),
    ("striptags", Arg::None),
    ("time", Arg::Date),
    ("timesince", Arg::Of(&["then", "when", "none", "''"])),
    ("timesince", Arg::None),
    ("timeuntil", Arg::Of(&["then", "when", "none", "s"])),
    ("timeuntil", Arg::None),
    ("title", Arg::None),
    ("truncatechars", Arg::Size),
    ("truncatechars_html", Arg::Size),
    ("truncatewords", Arg::Size),
    ("truncatewords_html", Arg::Size),
    ("unordered_list", Arg::None),
    ("upper", Arg::None),
    ("urlencode", Arg::Text),
    ("urlencode", Arg::None),
    ("urlize", Arg::None),
    ("urlizetrunc", Arg::Size),
    ("wordcount", Arg::None),
    ("wordwrap", Arg::Size),
    ("yesno", Arg::Of(&["'y,n'", "'y,n,m'", "'y'", "'a,b,c,d'", "',,'", "s"])),
    ("yesno", Arg::None),
    ("intcomma", Arg::None),
    ("intcomma", Arg::Of(&["0", "1", "no", "yes"])),
    ("intword", Arg::None),
    ("ordinal", Arg::None),
    ("apnumber", Arg::None),
    ("naturalday", Arg::Date),
    ("naturalday", Arg::None),
    ("naturaltime", Arg::None),
];

#[derive(Clone, Copy)]
enum Arg {
    None,
    Any,
    Text,
    Width,
    Size,
    Date,
    Letters,
    Format,
    Of(&'static [&'static str]),
}

fn argument(arg: Arg, chance: &mut Chance) -> Option<String> {
    Some(match arg {
        Arg::None => return None,
        Arg::Any => head(chance),
        Arg::Text => literal_text(chance),
        Arg::Width => chance.pick(&["5", "8", "0", "-3", "'6'", "'x'", "20", "m", "7.9", "s", "none", "1"]).to_owned(),
        Arg::Size => chance
            .pick(&["1", "2", "3", "5", "8", "0", "-1", "'3'", "'x'", "20", "m", "2.7", "10", "none", "15", "100"])
            .to_owned(),
        Arg::Date => {
            let format = chance.pick(&[
                "Y-m-d",
                "H:i:s",
                "jS F Y",
                "D d M",
                "N j, Y, P",
                "c",
                "r",
                "U",
                "u",
                "e",
                "T",
                "O",
                "Z",
                "I",
                "L",
                "t",
                "z",
                "W",
                "o",
                "w",
                "y",
                "b",
                "E",
                "f",
                "g G h H",
                "a A",
                "\\\\d\\\\e d",
                "l",
                "DATE_FORMAT",
                "DATETIME_FORMAT",
                "TIME_FORMAT",
                "SHORT_DATETIME_FORMAT",
                "x q k",
                "",
                "Y\\\\",
                "\\\\\\\\Y",
                "<i>",
                "YEAR_MONTH_FORMAT",
                "FIRST_DAY_OF_WEEK",
                "NUMBER_GROUPING",
                "DECIMAL_SEPARATOR",
                "P f",
                "S",
                "n/j/y",
            ]);
            format!("\"{format}\"")
        }
        Arg::Letters => {
            let format: String = (0..1 + chance.below(5))
                .map(|_| chance.pick_char("aAbBcdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ .,:-/\\"))
                .collect();
            format!("\"{}\"", format.replace('\\', "\\\\"))
        }
        Arg::Format => {
            let flags: String = (0..chance.below(3)).map(|_| chance.pick_char("-+ #0")).collect();
            let width = chance.pick(&["", "", "3", "8", "12", "1"]);
            let precision = chance.pick(&["", "", ".0", ".2", ".", ".10", ".1", ".17"]);
            let modifier = chance.pick(&["", "", "", "", "l", "h", "ll", "L"]);
            let letter = chance.pick_char("sdiouxXeEfFgGcra%srdfqb");
            let tail = chance.pick(&["", "", "", "!", " %%", "%", " x"]);
            if chance.is(4) {
                chance.pick(&["'(k)s'", "'*d'", "''", "'.3'", "'5'", "'d%d'", "s", "5", "'(name)s'", "'%'"]).to_owned()
            } else {
                format!("\"{flags}{width}{precision}{modifier}{letter}{tail}\"")
            }
        }
        Arg::Of(choices) => chance.pick(choices).to_owned(),
    })
}

/// One filter with its bar.
pub fn filter(chance: &mut Chance) -> String {
    let (name, arg) = FILTERS[chance.below(FILTERS.len())];
    let arg = match chance.below(40) {
        // Some take an argument when they are read and refuse it when they run: only dead branches tell.
        0 if !matches!(name, "linebreaks" | "linebreaksbr" | "linenumbers" | "unordered_list" | "urlize") => {
            Some(head(chance))
        }
        1 => None,
        2 | 3 if !matches!(arg, Arg::None) => Some(head(chance)),
        _ => argument(arg, chance),
    };
    let bar = if chance.is(8) { chance.pick(&[" |", "| ", " | "]) } else { "|" };
    match arg {
        Some(arg) => format!("{bar}{name}:{arg}"),
        None => format!("{bar}{name}"),
    }
}

/// A value with filters that contains no white space, for use as a word of a tag.
pub fn word(chance: &mut Chance) -> String {
    let mut expr = head(chance);
    for _ in 0..[0, 0, 0, 1, 1, 2][chance.below(6)] {
        expr.push_str(filter(chance).trim_start());
    }
    expr
}

/// A value with filters.
pub fn expr(chance: &mut Chance) -> String {
    let mut expr = head(chance);
    for _ in 0..[0, 1, 1, 1, 1, 2, 2, 3][chance.below(8)] {
        expr.push_str(&filter(chance));
    }
    expr
}

/// A condition.
pub fn condition(chance: &mut Chance, depth: usize) -> String {
    if depth == 0 || chance.is(35) {
        return word(chance);
    }
    if chance.is(15) {
        // What is one object to Python is decided by its allocator, but for these.
        let single = ["None", "True", "False", "none", "yes", "no", "missing", "1", "m"];
        return format!("{} {} {}", word(chance), chance.pick(&["is", "is not"]), chance.pick(&single));
    }
    match chance.below(8) {
        0 => format!("not {}", condition(chance, depth - 1)),
        1 => format!("{} and {}", condition(chance, depth - 1), condition(chance, depth - 1)),
        2 => format!("{} or {}", condition(chance, depth - 1), condition(chance, depth - 1)),
        _ => {
            let operator = chance.pick(&["==", "!=", "<", "<=", ">", ">=", "in", "not in"]);
            format!("{} {operator} {}", condition(chance, depth - 1), condition(chance, depth - 1))
        }
    }
}
