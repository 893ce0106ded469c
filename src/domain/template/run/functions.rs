//! Runs what numbers in lowered text stand for: prints, conditions, loops and tags.
//!
//! In: the rendering and a number. Out: text written, or a value for the lowered text to go on with.
//! Invariant: names are not locked while another template renders.

use std::sync::Arc;

use minijinja::{AutoEscape, Error, ErrorKind, Output, State, Value};

use crate::domain::template::filters::{date_format, html, klaviyo, lorem, strftime};
use crate::domain::template::parse::tags::resolve_path;
use crate::domain::template::run::eval::{Reader, Stop};
use crate::domain::template::run::forloop::{FORLOOP, ForLoop, Items, Turns, too_many_turns};
use crate::domain::template::run::program::{Bindings, Expr, Mode, Op, PieceKind, Program, Run};
use crate::domain::template::run::{Frames, NodeState, Scopes};
use crate::domain::template::value::big::{Int, Raised, int_of};
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{MAX_DATA_DEPTH, as_dict, as_list, compare, depth_of, list, number, print, safe};

fn error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

fn lost() -> Error {
    error("the rendering’s state is lost")
}

/// Whether output is escaped at this place.
fn is_escaping(state: &State<'_, '_>) -> bool {
    !matches!(state.auto_escape(), AutoEscape::None)
}

/// The rendering, kept in minijinja's state once it has been found in the context.
struct Running(Arc<Scopes>);

/// A running template at one place of it.
struct Place<'a> {
    scopes: &'a Arc<Scopes>,
    state: &'a State<'a, 'a>,
}

/// What `Op::Start` does: later operations find the rendering at once.
fn start(state: &mut State<'_, '_>) -> Result<(), Error> {
    let scopes = state.lookup("_c").and_then(|value| value.downcast_object::<Scopes>()).ok_or_else(lost)?;
    state.get_or_insert_extension(Running(scopes));
    Ok(())
}

#[inline]
fn enter<'a>(state: &'a State<'_, '_>) -> Result<Place<'a>, Error> {
    match state.get_extension::<Running>() {
        Some(Running(scopes)) => Ok(Place { scopes, state }),
        None => Err(lost()),
    }
}

/// Writes what `value` stands for: a number is an operation of the program, text is itself.
pub fn write(program: &Program, out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if let Some(text) = value.as_str() {
        return out.write_str(text).map_err(Error::from);
    }
    match op(program, value)? {
        Op::Start => start(state),
        Op::Print(expr) => enter(state)?.print_expr(expr, out),
        Op::Run(run) => enter(state)?.run(run, value, out),
        op => enter(state)?.write(op, out),
    }
}

/// Whether the condition of this number holds.
pub fn test(program: &Program, state: &mut State<'_, '_>, id: &Value) -> Result<bool, Error> {
    let place = enter(state)?;
    match op(program, id)? {
        Op::Test(test) => {
            let frames = place.scopes.frames();
            place.reader(&frames).test(test)
        }
        Op::Changed { id, values } => {
            let values = place.values(values)?;
            place.is_changed(*id, values)
        }
        _ => Err(lost()),
    }
}

/// The loop of this number, ready to run.
pub fn turns(program: &Program, state: &mut State<'_, '_>, id: &Value) -> Result<Value, Error> {
    let place = enter(state)?;
    let Op::For { list, names, is_reversed } = op(program, id)? else { return Err(lost()) };
    let items = Items::of(place.value(list)?)?;
    Ok(Value::from_object(Turns::new(place.scopes.clone(), items, *is_reversed, names.clone())))
}

/// What the operation of this number makes of captured text.
pub fn captured(program: &Program, state: &mut State<'_, '_>, text: &Value, id: &Value) -> Result<Value, Error> {
    let place = enter(state)?;
    let plain = text.as_str().unwrap_or_default();
    Ok(match op(program, id)? {
        Op::Filter(filters) => {
            let frames = place.scopes.frames();
            let reader = place.reader(&frames);
            let mut value = safe(plain.to_owned());
            for used in filters {
                value = match reader.apply(used, &value, Mode::Output) {
                    Ok(value) => value,
                    Err(Stop::Error(error)) => return Err(error),
                    Err(Stop::Failed) => return Err(lost()),
                };
            }
            match value.as_str() {
                Some(text) => safe(text.to_owned()),
                None => return Err(error("the filters of `{% filter %}` must give text at the end")),
            }
        }
        Op::Spaceless => safe(html::spaceless(plain)),
        Op::ChangedText(id) => Value::from(place.is_changed(*id, vec![text.clone()])?),
        Op::Keep(name) => {
            place.scopes.frames().set(name, safe(plain.to_owned()));
            Value::from("")
        }
        _ => return Err(lost()),
    })
}

fn defined(value: Value) -> Value {
    if value.is_undefined() { Value::from("") } else { value }
}

/// The operation of a number in lowered text.
#[inline]
fn op<'a>(program: &'a Program, id: &Value) -> Result<&'a Op, Error> {
    id.as_usize().and_then(|id| program.0.get(id)).ok_or_else(lost)
}

impl<'a> Place<'a> {
    fn reader<'f>(&'f self, frames: &'f Frames) -> Reader<'f> {
        Reader { frames, scopes: self.scopes, state: self.state, is_escaping: is_escaping(self.state) }
    }

    fn value(&self, expr: &Expr) -> Result<Value, Error> {
        let frames = self.scopes.frames();
        let reader = self.reader(&frames);
        reader.expr(expr).map(super::eval::Got::into_value)
    }

    fn values(&self, exprs: &[Expr]) -> Result<Vec<Value>, Error> {
        exprs.iter().map(|expr| self.value(expr)).collect()
    }

    fn bound(&self, bindings: &Bindings) -> Result<Vec<(Arc<str>, Value)>, Error> {
        bindings.iter().map(|(name, expr)| Ok((name.clone(), defined(self.value(expr)?)))).collect()
    }

    fn print(&self, value: &Value, out: &mut Output<'_>) -> Result<(), Error> {
        // Most of what is printed is text that stays as it is.
        if let Some(text) = value.as_str()
            && !is_escaping(self.state)
        {
            return out.write_str(text).map_err(Error::from);
        }
        print::write_output(out, value, is_escaping(self.state)).map_err(Error::from)
    }

    fn print_expr(&self, expr: &Expr, out: &mut Output<'_>) -> Result<(), Error> {
        let frames = self.scopes.frames();
        let reader = self.reader(&frames);
        self.print(reader.expr(expr)?.value(), out)
    }

    /// Writes a run; notes how long its pieces are if somebody asks, and which of them failed.
    fn run(&self, run: &Run, id: &Value, out: &mut Output<'_>) -> Result<(), Error> {
        let frames = self.scopes.frames();
        let reader = self.reader(&frames);
        let mut lens = self.scopes.lens_of(run, &frames);
        let mut at = 0;
        for piece in &run.pieces {
            let expr = match &piece.kind {
                PieceKind::Print(expr) => expr,
                PieceKind::Text { len, .. } => {
                    let end = at + len;
                    out.write_str(run.text.get(at..end).unwrap_or_default()).map_err(Error::from)?;
                    at = end;
                    continue;
                }
            };
            let printed = reader.expr(expr).and_then(|got| match &mut lens {
                None => self.print(got.value(), out),
                Some(lens) => {
                    let mut text = String::new();
                    print::write_output(&mut text, got.value(), reader.is_escaping)?;
                    lens.push(text.len());
                    out.write_str(&text).map_err(Error::from)
                }
            });
            if let Err(error) = printed {
                self.scopes.fail_at(piece.source.clone());
                return Err(error);
            }
        }
        if let Some(lens) = lens {
            self.scopes.note(id.as_usize().unwrap_or_default(), lens);
        }
        Ok(())
    }

    fn print_or_set(&self, value: Value, name: Option<&Arc<str>>, out: &mut Output<'_>) -> Result<(), Error> {
        match name {
            Some(name) => {
                self.scopes.frames().set(name, defined(value));
                Ok(())
            }
            None => self.print(&value, out),
        }
    }

    fn write(&self, op: &Op, out: &mut Output<'_>) -> Result<(), Error> {
        // What is rendered most has a way of its own: what stands on the stack for it stays small.
        match op {
            Op::Push => {
                self.scopes.frames().push(false);
                Ok(())
            }
            Op::Pop => {
                self.scopes.frames().pop();
                Ok(())
            }
            Op::With(bindings) => {
                let values = self.bound(bindings)?;
                let mut frames = self.scopes.frames();
                frames.push(false);
                values.into_iter().for_each(|(name, value)| frames.set(&name, value));
                Ok(())
            }
            Op::Include { .. } | Op::Extends { .. } => self.render_other(op, out),
            _ => self.write_other(op, out),
        }
    }

    fn write_other(&self, op: &Op, out: &mut Output<'_>) -> Result<(), Error> {
        let setting = &self.scopes.setting;
        match op {
            Op::Cycle { id, values, name, is_silent } => self.cycle(*id, values, name.as_ref(), *is_silent, out),
            Op::Reset(id) => {
                self.scopes.frames().nodes().insert(*id, NodeState::Cycle(0));
                Ok(())
            }
            Op::FirstOf { values, name } => {
                let mut found = Value::from("");
                for expr in values {
                    let value = self.value(expr)?;
                    if value.is_true() {
                        found = value;
                        break;
                    }
                }
                if name.is_some() {
                    let is_safe = is_escaping(self.state) || found.is_safe();
                    let text = html::shown(&found, is_escaping(self.state));
                    found = if is_safe { safe(text) } else { Value::from(text) };
                }
                self.print_or_set(found, name.as_ref(), out)
            }
            Op::Now { format, name } => {
                let format = if format.is_empty() { "DATE_FORMAT" } else { format };
                let text = date_format::format(&setting.here, date_format::named(format)).map_err(error)?;
                // Django does not escape it, but where it is kept as a name.
                let text = if name.is_some() { Value::from(text) } else { safe(text) };
                self.print_or_set(text, name.as_ref(), out)
            }
            Op::Lorem { count, method, is_common } => {
                let count = match int_of(&self.value(count)?) {
                    Ok(count) => count.clamped().clamp(-10_000, 10_000),
                    Err(Raised::Overflow) => return Err(error("`lorem` cannot print infinitely much")),
                    Err(Raised::Value | Raised::Type) => 1,
                };
                let mut buffer = [0; 4];
                let text = lorem::text(count, method.encode_utf8(&mut buffer), *is_common, self.scopes);
                out.write_str(&text).map_err(Error::from)
            }
            Op::Regroup { list, key, name } => self.regroup(list, key, name),
            Op::WidthRatio { values, name } => {
                let found = match self.values(&**values) {
                    Err(error) if error.kind() == ErrorKind::UndefinedError => return Ok(()),
                    found => found?,
                };
                let [value, max, width] = found.as_slice() else { return Ok(()) };
                self.print_or_set(width_ratio(value, max, width)?, name.as_ref(), out)
            }
            Op::Calendar { part, format, name } => {
                let pattern = match part.as_str() {
                    "current_day" => "%-d",
                    "current_month" => "%-m",
                    "current_year" => "%Y",
                    "current_weekday" => "%A",
                    "current_month_name" => "%B",
                    _ => format,
                };
                self.print_or_set(Value::from(strftime::format(&setting.here, pattern)), name.as_ref(), out)
            }
            Op::Fail(message) => Err(error(*message)),
            Op::Currency(value) => self.print(&klaviyo::currency(&self.value(value)?, &setting.currency), out),
            _ => Err(lost()),
        }
    }

    fn is_changed(&self, id: usize, values: Vec<Value>) -> Result<bool, Error> {
        values.iter().for_each(|value| self.scopes.pay(compare::cost(value, value)));
        let mut frames = self.scopes.frames();
        let site_id = frames.site_id(id);
        if let Some(found) = frames.get(&FORLOOP.key, self.scopes.root_dict()) {
            if let Some(forloop) = found.downcast_object_ref::<ForLoop>() {
                return Ok(forloop.is_changed(site_id, values));
            }
            if as_dict(found).is_none() {
                return Err(error(
                    "`ifchanged` needs the loop’s own `forloop`, and the name means something else here",
                ));
            }
        }
        let old = frames.nodes().insert(id, NodeState::Changed(values.clone()));
        Ok(!matches!(&old, Some(NodeState::Changed(old)) if old.len() == values.len()
            && old.iter().zip(&values).all(|(a, b)| compare::is_equal(a, b))))
    }

    fn cycle(
        &self,
        id: usize,
        values: &[Expr],
        name: Option<&Arc<str>>,
        is_silent: bool,
        out: &mut Output<'_>,
    ) -> Result<(), Error> {
        let at = {
            let mut frames = self.scopes.frames();
            let at = match frames.nodes().get(&id) {
                Some(NodeState::Cycle(at)) => *at,
                _ => 0,
            };
            frames.nodes().insert(id, NodeState::Cycle((at + 1) % values.len().max(1)));
            at
        };
        let Some(expr) = values.get(at) else { return Ok(()) };
        let value = defined(self.value(expr)?);
        if let Some(name) = name {
            self.scopes.frames().set_upward(name, value.clone(), self.scopes.root_dict());
        }
        if is_silent { Ok(()) } else { self.print(&value, out) }
    }

    fn regroup(&self, source: &Expr, key: &Expr, name: &Arc<str>) -> Result<(), Error> {
        let items = Items::of(self.value(source)?)?;
        let max_loops = self.scopes.setting.max_loops;
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        self.scopes.frames().push(false);
        for item in items.as_slice() {
            if depth_of(item) >= MAX_DATA_DEPTH - 4 {
                return Err(error("the groups nest too deeply"));
            }
            {
                let mut frames = self.scopes.frames();
                if !frames.count_loop(max_loops) {
                    return Err(too_many_turns(max_loops));
                }
                frames.set(name, item.clone());
            }
            let key = self.value(key)?;
            let key = if key.is_undefined() { Value::from(()) } else { key };
            if let Some((last, _)) = groups.last() {
                self.scopes.pay(compare::cost(last, &key));
            }
            match groups.last_mut() {
                Some((last, items)) if compare::is_equal(last, &key) => items.push(item.clone()),
                _ => groups.push((key, vec![item.clone()])),
            }
        }
        let group = |(key, items)| Value::from_object(List::new(vec![key, list(items)], Form::Group));
        let groups = list(groups.into_iter().map(group).collect());
        let mut frames = self.scopes.frames();
        frames.pop();
        frames.set(name, groups);
        Ok(())
    }

    fn render_other(&self, op: &Op, out: &mut Output<'_>) -> Result<(), Error> {
        let text = match op {
            Op::Include { site, template, from, is_only, bindings } => {
                let name = self.value(template)?;
                let values = self.bound(bindings)?;
                self.include(*site, &name, from, *is_only, values)?
            }
            Op::Extends { parent, top, found } => self.extends(&self.value(parent)?, top, found)?,
            _ => return Err(lost()),
        };
        out.write_str(&text).map_err(Error::from)
    }

    fn include(
        &self,
        site: usize,
        name: &Value,
        from: &str,
        is_only: bool,
        values: Vec<(Arc<str>, Value)>,
    ) -> Result<String, Error> {
        let library = self.scopes.library.as_ref().ok_or_else(|| error("there are no other templates to include"))?;
        let names = as_list(name).map_or(std::slice::from_ref(name), |list| list.items.as_slice());
        let found = names
            .iter()
            .filter_map(|name| resolve_path(from, &print::to_str(name)))
            .find(|name| library.has(name))
            .ok_or_else(|| error(format!("there is no template `{}` to include", print::to_str(name))))?;
        let outer = {
            let mut frames = self.scopes.frames();
            if frames.include_depth(true) > MAX_INCLUDES {
                return Err(error(format!("templates include each other more than {MAX_INCLUDES} deep")));
            }
            frames.push(is_only);
            values.into_iter().for_each(|(name, value)| frames.set(&name, value));
            frames.enter_site(site)
        };
        let text = library.render_nested(&found, &[], is_escaping(self.state), self.scopes);
        let mut frames = self.scopes.frames();
        frames.leave_site(outer);
        frames.pop();
        frames.include_depth(false);
        text
    }

    fn extends(&self, parent: &Value, top: &str, found: &[String]) -> Result<String, Error> {
        let library = self.scopes.library.as_ref().ok_or_else(|| error("there is no other template to extend"))?;
        // Only a literal path is relative to the template it stands in.
        let parent = print::to_str(parent).into_owned();
        if parent.is_empty() || !library.has(&parent) {
            return Err(error(format!("there is no template `{parent}` to extend")));
        }
        if self.scopes.frames().include_depth(true) > MAX_INCLUDES {
            return Err(error(format!("templates extend each other more than {MAX_INCLUDES} deep")));
        }
        let parents = [found, &[parent]].concat();
        let text = library.render_nested(top, &parents, is_escaping(self.state), self.scopes);
        self.scopes.frames().include_depth(false);
        text
    }
}

/// More includes in each other than this are refused: each is a rendering of its own on the stack.
const MAX_INCLUDES: usize = 16;

fn width_ratio(value: &Value, max: &Value, width: &Value) -> Result<Value, Error> {
    let width = int_of(width).map_err(|_| error("the last value of `widthratio` must be a number"))?.as_f64();
    let (Some(value), Some(max)) = (number::to_float(value), number::to_float(max)) else {
        return Ok(Value::from(""));
    };
    if max == 0.0 {
        return Ok(Value::from("0"));
    }
    let ratio = value / max * width;
    if !ratio.is_finite() {
        return Ok(Value::from(""));
    }
    Ok(Value::from(Int::of_float(ratio.round_ties_even()).to_string()))
}
