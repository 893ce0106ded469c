//! Evaluates expressions and conditions.
//!
//! In: an expression and the names it can read. Out: a value, borrowed where that is possible.
//! Invariant: only quiet expressions fail silently; what fails inside a condition makes that operator false.

use minijinja::{Error, ErrorKind, State, Value};

use crate::domain::template::filters::Call;
use crate::domain::template::parse::ast::CompareOp;
use crate::domain::template::run::forloop::ForLoop;
use crate::domain::template::run::program::{Expr, Key, Mode, Term, Test, Use};
use crate::domain::template::run::{Frames, Scopes};
use crate::domain::template::value::list::Form;
use crate::domain::template::value::{as_dict, as_list, compare, lookup, methods, print, safe};

/// A unit of fuel is what one instruction of minijinja takes; so many bytes are read or made in that time, at the worst.
const BYTES_A_UNIT: usize = 16;

/// Calling a filter costs as much as this many bytes.
const BYTES_A_FILTER: usize = 16;

/// What an expression is evaluated with.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub frames: &'a Frames,
    pub scopes: &'a Scopes,
    pub state: &'a State<'a, 'a>,
    pub is_escaping: bool,
}

/// A value that stands somewhere, or was made.
pub enum Got<'a> {
    Ref(&'a Value),
    Own(Value),
}

impl Got<'_> {
    pub fn value(&self) -> &Value {
        match self {
            Self::Ref(value) => value,
            Self::Own(value) => value,
        }
    }

    pub fn into_value(self) -> Value {
        match self {
            Self::Ref(value) => value.clone(),
            Self::Own(value) => value,
        }
    }
}

/// Why there is no value.
pub enum Stop {
    /// The expression failed where that only means false.
    Failed,
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl<'a> Reader<'a> {
    /// The value of an expression that is no condition's.
    pub fn expr(&self, expr: &'a Expr) -> Result<Got<'a>, Error> {
        match self.try_expr(expr) {
            Ok(got) => Ok(got),
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Failed) => Ok(Got::Own(Value::UNDEFINED)),
        }
    }

    fn try_expr(&self, expr: &'a Expr) -> Result<Got<'a>, Stop> {
        let mut got = self.term(&expr.head);
        self.check_raised(expr.mode)?;
        if let Some(invalid) = &expr.invalid
            && got.value().is_undefined()
        {
            return Ok(Got::Ref(invalid));
        }
        self.burn()?;
        for used in &expr.filters {
            got = Got::Own(self.apply(used, got.value(), expr.mode)?);
        }
        Ok(got)
    }

    /// Burns fuel for what filters, methods and comparisons did.
    #[inline]
    fn burn(&self) -> Result<(), Error> {
        match self.scopes.take_unpaid() {
            0 => Ok(()),
            n_bytes => self.state.consume_fuel((n_bytes / BYTES_A_UNIT) as u64),
        }
    }

    /// What a method that was just called raises.
    fn check_raised(&self, mode: Mode) -> Result<(), Stop> {
        match self.scopes.take_raised() {
            None => Ok(()),
            Some(_) if mode == Mode::Quiet => Err(Stop::Failed),
            Some(message) => Err(Stop::Error(Error::new(ErrorKind::InvalidOperation, message))),
        }
    }

    /// The value of a literal or path; undefined if it is missing.
    pub fn term(&self, term: &'a Term) -> Got<'a> {
        let (root, root_name, keys) = match term {
            Term::Const(value) => return Got::Ref(value),
            Term::Path { root, keys } => match self.frames.get(root, self.scopes.root_dict()) {
                Some(found) => (found, &*root.text, keys),
                None => return Got::Own(Value::UNDEFINED),
            },
            Term::ConstPath { name, root, keys } => {
                (self.frames.get(name, self.scopes.root_dict()).unwrap_or(root), "", keys)
            }
        };
        if self.scopes.has_changed() || (keys.is_empty() && root_name == "forloop") {
            return self.follow(Got::Ref(root), root_name, keys);
        }
        let mut value = root;
        let mut rest = &**keys;
        while let [key, after @ ..] = rest {
            match as_dict(value).and_then(|dict| key.find(dict)) {
                Some(found) => value = found,
                // All but a dict's own keys is rare enough to be looked at twice.
                None => return self.follow(Got::Ref(value), root_name, rest),
            }
            rest = after;
        }
        Got::Ref(value)
    }

    /// Where the names lead from a value, which stands under `name`; undefined if they lead nowhere.
    fn follow(&self, from: Got<'a>, name: &str, keys: &'a [Key]) -> Got<'a> {
        let mut got = self.current(from);
        for key in keys {
            let next = if key.is_changing && methods::is_changing(got.value(), &key.text) {
                self.scopes.change(got.value(), &key.text).map(Got::Own)
            } else {
                step(&got, key).inspect(|made| self.pay_method(&got, made)).or_else(|| {
                    // Called without the argument it needs.
                    let is_method = methods::needs_argument(got.value(), &key.text);
                    is_method.then(|| Got::Own(Value::from(self.scopes.setting.text_if_invalid.as_str())))
                })
            };
            match next {
                Some(next) => got = self.current(next),
                None => return Got::Own(Value::UNDEFINED),
            }
        }
        let last = keys.last().map_or(name, |key| &*key.text);
        if matches!(last, "forloop" | "parentloop")
            && let Some(forloop) = got.value().downcast_object_ref::<ForLoop>()
        {
            // A loop used whole is the dict that Python has there.
            return Got::Own(forloop.to_dict());
        }
        got
    }

    /// A method reads its text or dict, and makes what it gives.
    fn pay_method(&self, of: &Got<'a>, made: &Got<'a>) {
        if let Got::Own(made) = made {
            let read = of.value().as_str().map_or(0, str::len);
            let is_view = as_dict(of.value()).is_some() || read > 0;
            self.scopes.pay(read + if is_view { compare::shallow_weight(made) } else { 0 });
        }
    }

    /// The value as methods that change it have left it.
    fn current(&self, got: Got<'a>) -> Got<'a> {
        if !self.scopes.has_changed() {
            return got;
        }
        match self.scopes.changed(got.value()) {
            Some(changed) => Got::Own(changed),
            None => got,
        }
    }

    /// Applies a filter with Django's rules for what is missing, for text and for safety.
    pub fn apply(&self, used: &'a Use, head: &Value, mode: Mode) -> Result<Value, Stop> {
        let is_quiet = matches!(mode, Mode::Condition | Mode::Quiet);
        let spec = used.spec;
        let arg = used.arg.as_ref().map(|arg| self.term(arg));
        let arg = arg.as_ref().map(Got::value);
        self.check_raised(mode)?;
        if arg.is_some_and(Value::is_undefined) {
            if is_quiet {
                return Err(Stop::Failed);
            }
            let message = format!("the argument of `{}` is a variable that does not exist", spec.name);
            return Err(Stop::Error(Error::new(ErrorKind::UndefinedError, message)));
        }
        let made;
        let mut value = head;
        if head.is_undefined() {
            made = if mode == Mode::Output || spec.is_text {
                Value::from(if mode == Mode::Output { "" } else { "None" })
            } else {
                Value::from(())
            };
            value = &made;
        } else if spec.is_text && head.as_str().is_none() {
            made = Value::from(print::to_str(head).into_owned());
            value = &made;
        }
        let len = value.as_str().map_or(0, str::len);
        let args = arg.map_or(&[][..], std::slice::from_ref);
        let call = Call { value, args, scopes: self.scopes, is_escaping: self.is_escaping };
        let result = match (spec.function)(&call) {
            Ok(result) => result,
            Err(error) if mode == Mode::Quiet && error.kind() != ErrorKind::OutOfFuel => return Err(Stop::Failed),
            Err(error) => return Err(Stop::Error(error)),
        };
        // What a filter reads and makes is paid for by the byte; one that does more says so itself.
        self.scopes.pay(BYTES_A_FILTER + len + result.as_str().map_or(0, str::len));
        self.burn()?;
        if spec.is_safe && head.is_safe() && !result.is_safe() {
            return Ok(safe(print::to_str(&result).into_owned()));
        }
        Ok(result)
    }

    /// Whether a condition holds.
    pub fn test(&self, test: &'a Test) -> Result<bool, Error> {
        match self.holds(test) {
            Ok(holds) => Ok(holds),
            Err(Stop::Failed) => Ok(false),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    fn holds(&self, test: &'a Test) -> Result<bool, Stop> {
        Ok(match test {
            Test::Expr(expr) => self.try_expr(expr)?.value().is_true(),
            Test::Not(inner) => quiet(self.holds(inner).map(|holds| !holds))?,
            Test::And(pair) => quiet(match self.holds(&pair.0) {
                Ok(true) => self.holds(&pair.1),
                other => other,
            })?,
            Test::Or(pair) => quiet(match self.holds(&pair.0) {
                Ok(false) => self.holds(&pair.1),
                other => other,
            })?,
            Test::Compare(op, pair) => {
                let compared = self.operand(&pair.0).and_then(|a| Ok((a, self.operand(&pair.1)?))).map(|(a, b)| {
                    self.scopes.pay(compare::cost(a.value(), b.value()));
                    match op {
                        CompareOp::Is if is_literal(&pair.0) || is_literal(&pair.1) => false,
                        CompareOp::IsNot if is_literal(&pair.0) || is_literal(&pair.1) => true,
                        op => is_so(*op, a.value(), b.value()),
                    }
                });
                let holds = quiet(compared)?;
                self.burn()?;
                holds
            }
        })
    }

    /// The value of an operand; a failing operator inside it is false.
    fn operand(&self, test: &'a Test) -> Result<Got<'a>, Stop> {
        match test {
            Test::Expr(expr) => self.try_expr(expr),
            Test::And(pair) => match self.operand(&pair.0) {
                Ok(a) if a.value().is_true() => false_if_failed(self.operand(&pair.1)),
                other => false_if_failed(other),
            },
            Test::Or(pair) => match self.operand(&pair.0) {
                Ok(a) if !a.value().is_true() => false_if_failed(self.operand(&pair.1)),
                other => false_if_failed(other),
            },
            Test::Not(_) | Test::Compare(..) => Ok(Got::Own(Value::from(self.holds(test)?))),
        }
    }
}

fn quiet(result: Result<bool, Stop>) -> Result<bool, Stop> {
    match result {
        Err(Stop::Failed) => Ok(false),
        other => other,
    }
}

fn false_if_failed(result: Result<Got<'_>, Stop>) -> Result<Got<'_>, Stop> {
    match result {
        Err(Stop::Failed) => Ok(Got::Own(Value::from(false))),
        other => other,
    }
}

/// Whether it is a text that stands in the template: each is an object of its own.
fn is_literal(test: &Test) -> bool {
    matches!(test, Test::Expr(Expr { head: Term::Const(value), .. }) if value.as_str().is_some())
}

fn is_so(op: CompareOp, a: &Value, b: &Value) -> bool {
    let order = || compare::order(a, b);
    match op {
        CompareOp::Eq => compare::is_equal(a, b),
        CompareOp::Ne => !compare::is_equal(a, b),
        CompareOp::Gt => order().is_some_and(std::cmp::Ordering::is_gt),
        CompareOp::Ge => order().is_some_and(std::cmp::Ordering::is_ge),
        CompareOp::Lt => order().is_some_and(std::cmp::Ordering::is_lt),
        CompareOp::Le => order().is_some_and(std::cmp::Ordering::is_le),
        CompareOp::In => compare::contains(b, a).unwrap_or(false),
        CompareOp::NotIn => compare::contains(b, a).is_some_and(|is_in| !is_in),
        // One variable is one object, whatever it holds.
        CompareOp::Is => std::ptr::eq(a, b) || compare::is_same(a, b),
        CompareOp::IsNot => !std::ptr::eq(a, b) && !compare::is_same(a, b),
    }
}

/// One step after a dot.
fn step<'a>(got: &Got<'a>, key: &Key) -> Option<Got<'a>> {
    let value = match got {
        Got::Ref(value) => *value,
        Got::Own(value) => return lookup::step(value, &key.text).map(Got::Own),
    };
    if let Some(dict) = as_dict(value) {
        if let Some(found) = key.find(dict) {
            return Some(Got::Ref(found));
        }
    } else if let Some(part) = key.part
        && let Some(forloop) = value.downcast_object_ref::<ForLoop>()
    {
        return Some(Got::Own(forloop.part(part)));
    } else if let Some(idx) = key.index
        && let Some(list) = as_list(value)
        && list.form == Form::List
    {
        return list.items.get(idx).map(Got::Ref);
    }
    lookup::step(value, &key.text).map(Got::Own)
}
