//! Fills in secrets and signs, at the moment of sending.
//!
//! In: a frozen request with references in its headers. Out: the request as it goes over the wire, held in memory only.
//! Invariant: a secret goes to the destination it was entered for and to no other; what lies on disk keeps the reference.

use std::rc::Rc;

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::request::{RenderedRequest, destination_of, is_sendable_value};
use crate::domain::delivery::signing;
use crate::domain::delivery::state::{Delivery, DeliveryStatus, SkipReason, WaitReason};
use crate::domain::id::{DeliveryId, SecretId};
use crate::domain::secret::{
    HeaderValue, SIGNED_ID_HEADER, SIGNED_TIME_HEADER, SecretDocument, needs_secrets, without_values,
};
use crate::domain::time::Timestamp;
use crate::runtime::deliver::Sender;
use crate::runtime::deliver::turn::Turn;
use crate::runtime::keys::{Keys, KeysError, MacHash};
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::load::Revised;
use crate::storage::{Store, StoreError};

/// A request with everything in it that only the receiver may see.
pub(super) struct Filled {
    pub request: RenderedRequest,
    /// What must not come back from the receiver into the log.
    pub values: Vec<String>,
}

/// Why a request cannot be filled in.
enum Unfilled {
    /// The secrets are locked: it waits.
    Locked,
    /// It cannot be sent as it is.
    Never(String),
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Whether an attempt of this delivery may start now. If not, the turn says why: it waits for the secrets, or is given up.
    pub(super) async fn is_ready(&mut self, delivery: &Revised<Delivery>, turn: &mut Turn) -> Result<bool, StoreError> {
        let Some(request) = delivery.value.request.as_ref().filter(|request| needs_secrets(request)) else {
            return Ok(true);
        };
        let now = self.world.now();
        let delivery_id = delivery.value.id.clone();
        match self.fill(&delivery_id, request, now).await? {
            Ok(filled) => {
                self.filled.insert(delivery_id, filled);
                Ok(true)
            }
            Err(Unfilled::Locked) => {
                self.queue.remove(&delivery_id);
                self.locked.insert(delivery_id);
                if let Some(held) = lifecycle::hold(&delivery.value, WaitReason::LockedSecrets, now) {
                    self.log_status(&held, &mut turn.batch);
                    turn.change(delivery, held);
                }
                Ok(false)
            }
            Err(Unfilled::Never(message)) => {
                let status = DeliveryStatus::Skipped { reason: SkipReason::RequestProblem { message }, at: now };
                let skipped = Delivery { status, updated_at: now, ..delivery.value.clone() };
                self.log_status(&skipped, &mut turn.batch);
                turn.change(delivery, skipped);
                Ok(false)
            }
        }
    }

    /// The same for an attempt that a person asks for: one that is done waits in line for the secrets.
    pub(super) async fn is_ready_by_hand(
        &mut self,
        delivery: &Revised<Delivery>,
        turn: &mut Turn,
    ) -> Result<bool, StoreError> {
        let is_locked = !self.world.keys().is_some_and(|keys| keys.is_open());
        let needs = delivery.value.request.as_ref().is_some_and(needs_secrets);
        if !(is_locked && needs) {
            return self.is_ready(delivery, turn).await;
        }
        if let Some(waiting) = lifecycle::resend_in_turn(&delivery.value, self.world.now()) {
            self.log_status(&waiting, &mut turn.batch);
            turn.change(delivery, waiting);
        }
        Ok(false)
    }

    async fn fill(
        &self,
        delivery_id: &DeliveryId,
        request: &RenderedRequest,
        now: Timestamp,
    ) -> Result<Result<Filled, Unfilled>, StoreError> {
        let Some(keys) = self.world.keys().filter(|keys| keys.is_open()) else { return Ok(Err(Unfilled::Locked)) };
        let origin = destination_of(&request.url);
        let mut filled =
            Filled { request: RenderedRequest { headers: Vec::new(), ..request.clone() }, values: Vec::new() };
        for (name, value) in &request.headers {
            let result = match HeaderValue::read(value) {
                HeaderValue::Plain => Ok(vec![(name.clone(), value.clone())]),
                HeaderValue::Secret(secret_id) => match self.secret(&*keys, &secret_id, &origin).await? {
                    Ok(bytes) => match String::from_utf8(bytes).ok().filter(|value| is_sendable_value(value)) {
                        Some(value) => {
                            filled.values.push(value.clone());
                            Ok(vec![(name.clone(), value)])
                        }
                        None => Err(Unfilled::Never(
                            ["the secret of header ", name, " cannot be sent; enter it again"].concat(),
                        )),
                    },
                    Err(unfilled) => Err(unfilled),
                },
                HeaderValue::Signature(key_ids) => {
                    self.sign(&keys, &key_ids, &origin, (delivery_id, &request.body, now)).await?
                }
            };
            match result {
                Ok(headers) => filled.request.headers.extend(headers),
                Err(unfilled) => return Ok(Err(unfilled)),
            }
        }
        Ok(Ok(filled))
    }

    /// The three headers of Standard Webhooks; one signature a key, so that a receiver with either key can check.
    async fn sign(
        &self,
        keys: &Rc<dyn Keys>,
        key_ids: &[SecretId],
        origin: &str,
        (delivery_id, body, now): (&DeliveryId, &str, Timestamp),
    ) -> Result<Result<Vec<(String, String)>, Unfilled>, StoreError> {
        let time = signing::time_text(now);
        let content = signing::signed_content(delivery_id.as_str(), &time, body);
        let mut signatures = String::new();
        for key_id in key_ids {
            let key = match self.secret(&**keys, key_id, origin).await? {
                Ok(key) => key,
                Err(unfilled) => return Ok(Err(unfilled)),
            };
            match keys.mac(MacHash::Sha256, &key, content.as_bytes()).await {
                Ok(mac) => {
                    if !signatures.is_empty() {
                        signatures.push(' ');
                    }
                    signatures.push_str(&signing::write_signature(&mac));
                }
                Err(error) => return Ok(Err(Unfilled::Never(error.to_string()))),
            }
        }
        Ok(Ok(vec![
            (SIGNED_ID_HEADER.to_owned(), delivery_id.as_str().to_owned()),
            (SIGNED_TIME_HEADER.to_owned(), time),
            (crate::domain::secret::SIGNATURE_HEADER.to_owned(), signatures),
        ]))
    }

    async fn secret(
        &self,
        keys: &dyn Keys,
        secret_id: &SecretId,
        origin: &str,
    ) -> Result<Result<Vec<u8>, Unfilled>, StoreError> {
        let never = |message: &str| Ok(Err(Unfilled::Never(message.to_owned())));
        let Some(secret) = self.fetch::<SecretDocument>(secret_id.as_str()).await? else {
            return never("a secret of its headers is not in this browser; enter it again");
        };
        if secret.value.origin != origin {
            let entered = "a secret of its headers was entered for ";
            return never(&[entered, &secret.value.origin, " and goes nowhere else; enter it again"].concat());
        }
        match keys.open(&secret.value.about(), &secret.value.value).await {
            Ok(bytes) => Ok(Ok(bytes)),
            Err(KeysError::Locked) => Ok(Err(Unfilled::Locked)),
            Err(KeysError::Wrong) => never("a secret of its headers was changed outside Hookwright; enter it again"),
            Err(KeysError::Failed { reason }) => never(&reason),
        }
    }

    /// Puts in line again what waited for the secrets, if they can be read now.
    pub(super) async fn take_up_locked(&mut self) -> Result<(), StoreError> {
        if self.locked.is_empty() || !self.world.keys().is_some_and(|keys| keys.is_open()) {
            return Ok(());
        }
        let locked: Vec<DeliveryId> = std::mem::take(&mut self.locked).into_iter().collect();
        for delivery in self.load_deliveries(&locked).await? {
            if let Some(due_at) = lifecycle::due_at(&delivery.value) {
                let destination = crate::runtime::deliver::destination(&delivery.value);
                self.queue.push(delivery.value.id.clone(), destination, due_at);
            }
        }
        Ok(())
    }
}

/// What came back, without what must not be kept.
pub(super) fn redacted(report: SendReport, values: &[String]) -> SendReport {
    if values.is_empty() {
        return report;
    }
    match report {
        SendReport::Answered(mut response) => {
            response.body = response.body.map(|body| without_values(&body, values));
            for (_, value) in &mut response.headers {
                *value = without_values(value, values);
            }
            SendReport::Answered(response)
        }
        SendReport::NetworkError { message } => SendReport::NetworkError { message: without_values(&message, values) },
        report @ (SendReport::OpaqueRedirect | SendReport::TimedOut) => report,
    }
}
