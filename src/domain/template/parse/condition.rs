//! Django's conditions: operators by binding power.
//!
//! In: the words of an `{% if %}`. Out: a condition, or what is wrong with it.
//! Invariant: at most `MAX_OPERATORS` operators, since conditions are compiled recursively.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#boolean-operators>

use crate::domain::template::parse::ast::{CompareOp, Cond, Span};
use crate::domain::template::parse::expression::{BadExpr, parse_expr};

const MAX_OPERATORS: usize = 60;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Or,
    And,
    Not,
    Compare(CompareOp),
    Value,
}

impl Token {
    fn power(&self) -> u8 {
        match self {
            Self::Or => 6,
            Self::And => 7,
            Self::Not => 8,
            Self::Compare(CompareOp::In | CompareOp::NotIn) => 9,
            Self::Compare(_) => 10,
            Self::Value => 0,
        }
    }
}

struct Reader<'a> {
    source: &'a str,
    tokens: Vec<(Token, Span)>,
    at: usize,
}

/// Reads the words of a condition; `tag` is the place of the tag.
pub fn parse_condition(source: &str, words: &[Span], tag: Span) -> Result<Cond, BadExpr> {
    let mut tokens: Vec<(Token, Span)> = Vec::new();
    for word in words {
        let text = source.get(word.clone()).unwrap_or_default();
        let token = match text {
            "or" => Token::Or,
            "and" => Token::And,
            "not" => Token::Not,
            "in" => Token::Compare(CompareOp::In),
            "is" => Token::Compare(CompareOp::Is),
            "==" => Token::Compare(CompareOp::Eq),
            "!=" => Token::Compare(CompareOp::Ne),
            ">" => Token::Compare(CompareOp::Gt),
            ">=" => Token::Compare(CompareOp::Ge),
            "<" => Token::Compare(CompareOp::Lt),
            "<=" => Token::Compare(CompareOp::Le),
            _ => Token::Value,
        };
        let merged = match (tokens.last().map(|(last, _)| last), &token) {
            (Some(Token::Not), Token::Compare(CompareOp::In)) => Some(CompareOp::NotIn),
            (Some(Token::Compare(CompareOp::Is)), Token::Not) => Some(CompareOp::IsNot),
            _ => None,
        };
        match merged {
            Some(op) => {
                let start = tokens.pop().map_or(word.start, |(_, span)| span.start);
                tokens.push((Token::Compare(op), start..word.end));
            }
            None => tokens.push((token, word.clone())),
        }
    }
    if tokens.iter().filter(|(token, _)| *token != Token::Value).count() > MAX_OPERATORS {
        return Err(fail("this condition has too many operators; split it with nested `if` tags".to_owned(), tag));
    }
    let mut reader = Reader { source, tokens, at: 0 };
    let cond = reader.expression(0, &tag)?;
    match reader.tokens.get(reader.at) {
        Some((_, span)) => {
            let text = source.get(span.clone()).unwrap_or_default();
            let message = match text {
                "contains" | "includes" => "Django writes `\"x\" in name` for `name contains \"x\"`".to_owned(),
                "defined" | "empty" | "blank" => {
                    format!("`{text}` is not known to Django: `if name` asks whether it is there and not empty")
                }
                _ => format!(
                    "`{text}` is left over at the end of the condition: an operator such as `and` is missing before it"
                ),
            };
            Err(fail(message, span.clone()))
        }
        None => Ok(cond),
    }
}

fn fail(message: String, span: Span) -> BadExpr {
    BadExpr { code: "bad-condition", message, span }
}

impl Reader<'_> {
    fn next(&mut self, tag: &Span) -> Result<(Token, Span), BadExpr> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or_else(|| {
            fail("the condition ends too early: something is missing after the last word".to_owned(), tag.clone())
        })
    }

    fn expression(&mut self, power: u8, tag: &Span) -> Result<Cond, BadExpr> {
        let (token, span) = self.next(tag)?;
        let mut left = match token {
            Token::Value => Cond::Expr(parse_expr(self.source, span)?),
            Token::Not => Cond::Not(Box::new(self.expression(8, tag)?)),
            Token::Or | Token::And | Token::Compare(_) => {
                let text = self.source.get(span.clone()).unwrap_or_default();
                return Err(fail(format!("`{text}` needs a value on its left"), span));
            }
        };
        while let Some((token, span)) = self.tokens.get(self.at).cloned() {
            if token.power() <= power {
                if token == Token::Not {
                    return Err(fail("`not` cannot stand between two values".to_owned(), span));
                }
                break;
            }
            self.at += 1;
            let binding = token.power();
            let right = |reader: &mut Self| reader.expression(binding, tag).map(Box::new);
            left = match token {
                Token::Or => Cond::Or(Box::new(left), right(self)?),
                Token::And => Cond::And(Box::new(left), right(self)?),
                Token::Compare(op) => Cond::Compare(op, Box::new(left), right(self)?),
                Token::Not => return Err(fail("`not` cannot stand between two values".to_owned(), span)),
                Token::Value => break,
            };
        }
        Ok(left)
    }
}
