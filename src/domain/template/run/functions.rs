//! What lowered tags call: loops, scopes, cycles, groups, includes, dates.
//!
//! In: the rendering and evaluated arguments. Out: a value.
//! Invariant: each function is named as lowering writes it, and begins with an underscore, as no Django name can.

use std::sync::Arc;

use minijinja::value::Object;
use minijinja::{AutoEscape, Error, ErrorKind, State, Value};

use crate::domain::template::filters::{date_format, html, lorem, strftime};
use crate::domain::template::parse::tags::resolve_path;
use crate::domain::template::run::forloop::{ForLoop, Turns};
use crate::domain::template::run::{NodeState, Scopes};
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{
    MAX_DATA_DEPTH, Number, as_list, compare, depth_of, list, lookup, number, number_of, print, safe,
};

/// A function of lowered templates.
pub type Function = fn(&State<'_, '_>, &[Value]) -> Result<Value, Error>;

/// Every function, by the name that lowering uses.
pub const FUNCTIONS: &[(&str, Function)] = &[
    ("_g", get),
    ("_m", |_, args| Ok(safe(print::to_str(first(args)).into_owned()))),
    ("_ok", |_, args| Ok(Value::from(!first(args).is_undefined()))),
    ("_float", |_, args| Ok(Value::from(number::to_float(first(args)).unwrap_or_default()))),
    ("_raw", |_, args| Ok(safe(print::to_str(first(args)).into_owned()))),
    ("_spaceless", |_, args| Ok(safe(html::spaceless(&print::to_str(first(args)))))),
    ("_not", |_, args| Ok(Value::from(!first(args).is_true() && !is_failed(first(args))))),
    ("_eq", |_, args| compare_with(args, |a, b| Some(compare::is_equal(a, b)))),
    ("_ne", |_, args| compare_with(args, |a, b| Some(!compare::is_equal(a, b)))),
    ("_lt", |_, args| compare_with(args, |a, b| compare::order(a, b).map(std::cmp::Ordering::is_lt))),
    ("_le", |_, args| compare_with(args, |a, b| compare::order(a, b).map(std::cmp::Ordering::is_le))),
    ("_gt", |_, args| compare_with(args, |a, b| compare::order(a, b).map(std::cmp::Ordering::is_gt))),
    ("_ge", |_, args| compare_with(args, |a, b| compare::order(a, b).map(std::cmp::Ordering::is_ge))),
    ("_in", |_, args| compare_with(args, |a, b| compare::contains(b, a))),
    ("_nin", |_, args| compare_with(args, |a, b| compare::contains(b, a).map(|is_in| !is_in))),
    ("_is", |_, args| compare_with(args, |a, b| Some(compare::is_same(a, b)))),
    ("_isnt", |_, args| compare_with(args, |a, b| Some(!compare::is_same(a, b)))),
    ("_for", |_, args| for_loop(args, false)),
    ("_rfor", |_, args| for_loop(args, true)),
    ("_with", with),
    ("_push", |_, args| {
        scopes(args).map(|scopes| {
            scopes.push(false);
            Value::from(())
        })
    }),
    ("_pop", |_, args| {
        scopes(args).map(|scopes| {
            scopes.pop();
            Value::from(())
        })
    }),
    ("_let", let_value),
    ("_shown", |state, args| Ok(safe(html::shown(first(args), is_escaping(state))))),
    ("_changed", changed),
    ("_cycle", cycle),
    ("_reset", |_, args| {
        let id = args.get(1).and_then(Value::as_usize).unwrap_or(0);
        scopes(args)?.with_node(id, |nodes, id| nodes.insert(id, NodeState::Cycle(0)));
        Ok(Value::from(()))
    }),
    ("_firstof", |_, args| {
        let found = args.iter().skip(1).find(|value| value.is_true()).cloned();
        Ok(found.unwrap_or_else(|| Value::from("")))
    }),
    ("_now", now),
    ("_lorem", lorem_text),
    ("_rgbegin", |_, args| {
        let id = args.get(1).and_then(Value::as_usize).unwrap_or(0);
        scopes(args)?.with_node(id, |nodes, id| nodes.insert(id, NodeState::Groups(Vec::new())));
        Ok(Value::from(()))
    }),
    ("_rgadd", regroup_add),
    ("_rgend", regroup_end),
    ("_widthratio", width_ratio),
    ("_include", include),
    ("_extends", extends),
    ("_calendar", calendar),
    ("_currency", |_, args| {
        let code = scopes(args)?.setting.currency.clone();
        Ok(crate::domain::template::filters::klaviyo::currency(args.get(1).unwrap_or(&Value::UNDEFINED), &code))
    }),
];

fn first(args: &[Value]) -> &Value {
    args.first().unwrap_or(&Value::UNDEFINED)
}

fn error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// What an expression gives that failed inside a condition: false, and unequal to everything.
#[derive(Debug)]
pub struct Failed;

impl Object for Failed {
    fn repr(self: &Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }
}

/// Whether the value stands for an expression that failed.
pub fn is_failed(value: &Value) -> bool {
    value.downcast_object_ref::<Failed>().is_some()
}

fn compare_with(args: &[Value], test: fn(&Value, &Value) -> Option<bool>) -> Result<Value, Error> {
    let [a, b] = args else { return Ok(Value::from(false)) };
    Ok(Value::from(!is_failed(a) && !is_failed(b) && test(a, b).unwrap_or(false)))
}

/// Whether output is escaped at this place.
pub fn is_escaping(state: &State<'_, '_>) -> bool {
    !matches!(state.auto_escape(), AutoEscape::None)
}

fn get(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let Some((head, names)) = args.split_first() else { return Ok(Value::UNDEFINED) };
    if head.is_undefined() {
        return Ok(Value::UNDEFINED);
    }
    let mut found = None;
    for name in names {
        let next = lookup::step(found.as_ref().unwrap_or(head), name.as_str().unwrap_or_default());
        let Some(next) = next else { return Ok(Value::UNDEFINED) };
        found = Some(next);
    }
    Ok(found.unwrap_or_else(|| head.clone()))
}

/// The rendering, from the first argument.
pub fn scopes(args: &[Value]) -> Result<Arc<Scopes>, Error> {
    args.first()
        .and_then(|value| value.downcast_object::<Scopes>())
        .ok_or_else(|| error("the rendering's state is lost"))
}

fn for_loop(args: &[Value], is_reversed: bool) -> Result<Value, Error> {
    let names = args.iter().skip(2).filter_map(Value::as_str).map(Arc::from).collect();
    let value = args.get(1).unwrap_or(&Value::UNDEFINED);
    Ok(Value::from_object(Turns::new(scopes(args)?, value, is_reversed, names)?))
}

fn defined(value: &Value) -> Value {
    if value.is_undefined() { Value::from("") } else { value.clone() }
}

fn with(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let scopes = scopes(args)?;
    scopes.push(false);
    bind(&scopes, args.get(1..).unwrap_or_default());
    Ok(Value::from(()))
}

fn bind(scopes: &Scopes, pairs: &[Value]) {
    for pair in pairs.chunks(2) {
        if let [name, value] = pair {
            scopes.set(name.as_str().unwrap_or_default(), defined(value));
        }
    }
}

fn let_value(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    if let [_, name, value] = args {
        scopes(args)?.set(name.as_str().unwrap_or_default(), defined(value));
    }
    Ok(Value::from(()))
}

fn changed(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let scopes = scopes(args)?;
    let id = args.get(1).and_then(Value::as_usize).unwrap_or(0);
    let values = args.get(2..).unwrap_or_default();
    if let Some(forloop) = scopes.get("forloop").and_then(|value| value.downcast_object::<ForLoop>()) {
        return Ok(Value::from(forloop.is_changed(scopes.site_id(id), values)));
    }
    let old = scopes.with_node(id, |nodes, id| nodes.insert(id, NodeState::Changed(values.to_vec())));
    let is_same = matches!(&old, Some(NodeState::Changed(old)) if old.len() == values.len()
        && old.iter().zip(values).all(|(a, b)| compare::is_equal(a, b)));
    Ok(Value::from(!is_same))
}

fn cycle(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let scopes = scopes(args)?;
    let id = args.get(1).and_then(Value::as_usize).unwrap_or(0);
    let is_silent = args.get(2).is_some_and(Value::is_true);
    let values = args.get(4..).unwrap_or_default();
    let at = scopes.with_node(id, |nodes, id| {
        let at = match nodes.get(&id) {
            Some(NodeState::Cycle(at)) => *at,
            _ => 0,
        };
        nodes.insert(id, NodeState::Cycle((at + 1) % values.len().max(1)));
        at
    });
    let value = defined(values.get(at).unwrap_or(&Value::UNDEFINED));
    if let Some(name) = args.get(3).and_then(Value::as_str) {
        scopes.set_upward(name, value.clone());
    }
    Ok(if is_silent { Value::from("") } else { value })
}

fn now(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let pattern = args.get(1).and_then(Value::as_str).unwrap_or_default();
    let now = scopes(args)?.setting.now;
    date_format::format(&now, date_format::named(pattern)).map(Value::from).map_err(error)
}

fn lorem_text(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, count, method, is_common] = args else { return Ok(Value::from("")) };
    let scopes = scopes(args)?;
    let count = number::to_int(count).unwrap_or(1).clamp(0, 10_000);
    let count = usize::try_from(count).unwrap_or(0);
    Ok(safe(lorem::text(count, method.as_str().unwrap_or("b"), is_common.is_true(), &scopes)))
}

fn regroup_add(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, id, key, item] = args else { return Ok(Value::from(())) };
    if depth_of(item) >= MAX_DATA_DEPTH - 4 {
        return Err(error("the groups nest too deeply"));
    }
    let key = if key.is_undefined() { Value::from(()) } else { key.clone() };
    scopes(args)?.with_node(id.as_usize().unwrap_or(0), |nodes, id| {
        if let Some(NodeState::Groups(groups)) = nodes.get_mut(&id) {
            match groups.last_mut() {
                Some((last, items)) if compare::is_equal(last, &key) => items.push(item.clone()),
                _ => groups.push((key, vec![item.clone()])),
            }
        }
    });
    Ok(Value::from(()))
}

fn regroup_end(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, id, name] = args else { return Ok(Value::from(())) };
    let scopes = scopes(args)?;
    let state = scopes.with_node(id.as_usize().unwrap_or(0), |nodes, id| nodes.remove(&id));
    if let Some(NodeState::Groups(groups)) = state {
        let groups = groups
            .into_iter()
            .map(|(key, items)| Value::from_object(List::new(vec![key, list(items)], Form::Group)))
            .collect();
        scopes.set(name.as_str().unwrap_or_default(), list(groups));
    }
    Ok(Value::from(()))
}

fn width_ratio(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, value, max, width] = args else { return Ok(Value::from("")) };
    let is_whole = |value: &Value| match number_of(value) {
        Some(Number::Int(_)) => true,
        Some(Number::Float(float)) => float.is_finite(),
        None => value.as_str().is_some_and(|text| number::parse_int(text).is_some()),
    };
    if !is_whole(width) {
        return Err(error("the last value of `widthratio` must be a number"));
    }
    let width = number::to_int(width).map_or(0.0, |int| int as f64);
    let (Some(value), Some(max)) = (number::to_float(value), number::to_float(max)) else {
        return Ok(Value::from(""));
    };
    if max == 0.0 {
        return Ok(Value::from("0"));
    }
    let ratio = value / max * width;
    if !ratio.is_finite() {
        return Ok(Value::from(if ratio.is_nan() { "" } else { "0" }));
    }
    Ok(Value::from(format!("{}", ratio.round_ties_even() + 0.0)))
}

/// More includes in each other than this are refused: each is a rendering of its own on the stack.
const MAX_INCLUDES: usize = 16;

fn include(state: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, site, name, from, is_only, pairs @ ..] = args else { return Ok(Value::from("")) };
    let scopes = scopes(args)?;
    let library = scopes.library.clone().ok_or_else(|| error("there are no other templates to include"))?;
    let names: Vec<Value> = as_list(name).map_or_else(|| vec![name.clone()], |list| list.items.clone());
    let from = from.as_str().unwrap_or_default();
    let found = names
        .iter()
        .filter_map(|name| resolve_path(from, &print::to_str(name)))
        .find(|name| library.has(name))
        .ok_or_else(|| error(format!("there is no template `{}` to include", print::to_str(name))))?;
    if scopes.include_depth(true) > MAX_INCLUDES {
        return Err(error(format!("templates include each other more than {MAX_INCLUDES} deep")));
    }
    scopes.push(is_only.is_true());
    bind(&scopes, pairs);
    let outer = scopes.enter_site(site.as_usize().unwrap_or(0));
    let nodes = scopes.swap_nodes(std::collections::BTreeMap::new());
    let text = library.render_nested(&found, None, is_escaping(state), &scopes);
    scopes.swap_nodes(nodes);
    scopes.leave_site(outer);
    scopes.pop();
    scopes.include_depth(false);
    text.map(safe)
}

fn extends(state: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, parent, from] = args else { return Ok(Value::from("")) };
    let scopes = scopes(args)?;
    let library = scopes.library.clone().ok_or_else(|| error("there is no other template to extend"))?;
    let from = from.as_str().unwrap_or_default();
    let parent = print::to_str(parent);
    let parent = resolve_path(from, &parent)
        .filter(|name| !name.is_empty() && library.has(name))
        .ok_or_else(|| error(format!("there is no template `{parent}` to extend")))?;
    if scopes.include_depth(true) > MAX_INCLUDES {
        return Err(error(format!("templates extend each other more than {MAX_INCLUDES} deep")));
    }
    let text = library.render_nested(from, Some(&parent), is_escaping(state), &scopes);
    scopes.include_depth(false);
    text.map(safe)
}

fn calendar(_: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let [_, part, pattern] = args else { return Ok(Value::from("")) };
    let now = scopes(args)?.setting.now;
    let pattern = match part.as_str().unwrap_or_default() {
        "current_day" => "%-d",
        "current_month" => "%-m",
        "current_year" => "%Y",
        "current_weekday" => "%A",
        "current_month_name" => "%B",
        _ => pattern.as_str().unwrap_or_default(),
    };
    Ok(Value::from(strftime::format(&now, pattern)))
}
