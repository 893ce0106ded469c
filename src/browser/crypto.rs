//! The workspace's key, held by WebCrypto where no script can read it.
//!
//! In: passphrase keys, plain bytes, sealed text. Out: sealed text, plain bytes, authentication codes; words of other tabs.
//! Invariant: the key is not extractable wherever it is used; it leaves this file only as a handle, to other tabs of this browser.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{BroadcastChannel, DomException, MessageEvent};

use crate::browser::console::log_failure;
use crate::browser::device_key;
use crate::browser::role::Role;
use crate::browser::scope::{describe, scope};
use crate::browser::worker_link::{WorkerLink, WorkerMessage};
use crate::domain::passphrase::Cost;
use crate::domain::secret::Sealed;
use crate::runtime::keys::{Keys, KeysError, Later, MacHash, from_hex, stretch_order, to_hex};

const CHANNEL: &str = "hookwright-keys";
const N_NONCE_BYTES: usize = 12;
const N_KEY_BITS: u32 = 256;

#[wasm_bindgen]
extern "C" {
    /// `crypto.subtle`: absent where the page is not secure.
    #[derive(Clone)]
    type Subtle;

    #[wasm_bindgen(method, structural, catch, js_name = generateKey)]
    fn generate_key(this: &Subtle, algorithm: &JsValue, extractable: bool, usages: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = importKey)]
    fn import_key(
        this: &Subtle,
        format: &str,
        bytes: &Uint8Array,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = wrapKey)]
    fn wrap_key(
        this: &Subtle,
        format: &str,
        key: &JsValue,
        wrapping: &JsValue,
        algorithm: &JsValue,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = unwrapKey)]
    fn unwrap_key(
        this: &Subtle,
        format: &str,
        wrapped: &Uint8Array,
        wrapping: &JsValue,
        wrap_algorithm: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    fn encrypt(this: &Subtle, algorithm: &JsValue, key: &JsValue, bytes: &Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    fn decrypt(this: &Subtle, algorithm: &JsValue, key: &JsValue, bytes: &Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    fn sign(this: &Subtle, algorithm: &JsValue, key: &JsValue, bytes: &Uint8Array) -> Result<Promise, JsValue>;
}

/// What other tabs say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysWord {
    /// The key came or went.
    KeyChanged,
    /// Members or secrets changed, and this is who acts.
    Session(Option<String>),
}

/// The key, and the line to the other tabs.
pub struct BrowserKeys {
    inner: Rc<Inner>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

struct Inner {
    subtle: Subtle,
    channel: BroadcastChannel,
    key: RefCell<Option<JsValue>>,
    is_on_device: Cell<bool>,
    session: RefCell<Option<String>>,
    hear: Box<dyn Fn(KeysWord)>,
}

impl BrowserKeys {
    /// Joins the tabs that share the key. `hear` is told what they say. `None` where the page may not encrypt.
    pub fn join(hear: impl Fn(KeysWord) + 'static) -> Option<Rc<Self>> {
        let crypto = scope().crypto()?;
        let subtle = Reflect::get(&crypto, &"subtle".into()).ok().filter(|subtle| subtle.is_object())?;
        let channel = BroadcastChannel::new(CHANNEL).map_err(|error| log_failure(&describe(&error))).ok()?;
        let inner = Rc::new(Inner {
            subtle: subtle.unchecked_into(),
            channel: channel.clone(),
            key: RefCell::default(),
            is_on_device: Cell::new(false),
            session: RefCell::default(),
            hear: Box::new(hear),
        });
        let on_message = {
            let inner = Rc::clone(&inner);
            Closure::new(move |event: MessageEvent| inner.take(&event.data()))
        };
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        inner.post("ask", &JsValue::NULL);
        let kept = Rc::clone(&inner);
        spawn_local(async move { kept.take_kept().await });
        Some(Rc::new(Self { inner, _on_message: on_message }))
    }

    /// Reads the key that is kept on the device, if one is. Done at the start, and awaited where that matters.
    pub async fn ready(&self) {
        self.inner.take_kept().await;
    }
}

impl Drop for BrowserKeys {
    fn drop(&mut self) {
        self.inner.channel.set_onmessage(None);
        self.inner.channel.close();
    }
}

impl Inner {
    async fn take_kept(&self) {
        match device_key::read().await {
            Ok(None) => {}
            Ok(Some(key)) => {
                self.is_on_device.set(true);
                if self.key.borrow().is_none() {
                    *self.key.borrow_mut() = Some(key);
                    (self.hear)(KeysWord::KeyChanged);
                }
            }
            Err(message) => log_failure(&message),
        }
    }

    fn post(&self, kind: &str, value: &JsValue) {
        let message = object(&[("kind", &kind.into()), ("value", value)]);
        if let Err(error) = self.channel.post_message(&message) {
            log_failure(&describe(&error));
        }
    }

    fn post_session(&self) {
        let session = self.session.borrow().as_deref().map_or(JsValue::NULL, JsValue::from_str);
        self.post("session", &session);
    }

    fn take(&self, data: &JsValue) {
        let field = |name: &str| Reflect::get(data, &name.into()).unwrap_or_default();
        let value = field("value");
        match field("kind").as_string().as_deref() {
            Some("ask") => {
                let key = self.key.borrow().clone();
                if let Some(key) = key {
                    self.post("key", &key);
                    if self.session.borrow().is_some() {
                        self.post_session();
                    }
                }
            }
            Some("key") if value.is_object() => {
                let is_new = self.key.borrow_mut().replace(value).is_none();
                if is_new {
                    (self.hear)(KeysWord::KeyChanged);
                }
            }
            Some("lock") => {
                *self.key.borrow_mut() = None;
                *self.session.borrow_mut() = None;
                self.is_on_device.set(false);
                (self.hear)(KeysWord::Session(None));
            }
            Some("device") => self.is_on_device.set(value.is_truthy()),
            Some("session") => {
                let session = value.as_string();
                self.session.borrow_mut().clone_from(&session);
                (self.hear)(KeysWord::Session(session));
            }
            _ => {}
        }
    }

    fn key(&self) -> Result<JsValue, KeysError> {
        self.key.borrow().clone().ok_or(KeysError::Locked)
    }

    fn hold(&self, key: JsValue) {
        *self.key.borrow_mut() = Some(key.clone());
        self.post("key", &key);
    }

    async fn wrapping(&self, passphrase_key: &[u8]) -> Result<JsValue, KeysError> {
        let usages = texts(&["wrapKey", "unwrapKey"]);
        settled(self.subtle.import_key("raw", &Uint8Array::from(passphrase_key), &"AES-GCM".into(), false, &usages))
            .await
    }

    async fn wrap(&self, key: &JsValue, passphrase_key: &[u8]) -> Result<Sealed, KeysError> {
        let wrapping = self.wrapping(passphrase_key).await?;
        let nonce = random_bytes(N_NONCE_BYTES)?;
        let wrapped = settled(self.subtle.wrap_key("raw", key, &wrapping, &gcm(&nonce, ""))).await?;
        Ok(joined(&nonce, &wrapped))
    }

    async fn decrypted(&self, key: &JsValue, about: &str, sealed: &Sealed) -> Result<Vec<u8>, KeysError> {
        let (nonce, hidden) = parted(sealed)?;
        let plain = settled(self.subtle.decrypt(&gcm(&nonce, about), key, &Uint8Array::from(&hidden[..]))).await?;
        Ok(bytes_of(&plain))
    }

    async fn unwrap(&self, passphrase_key: &[u8], wrapped: &Sealed, extractable: bool) -> Result<JsValue, KeysError> {
        let wrapping = self.wrapping(passphrase_key).await?;
        let (nonce, wrapped) = parted(wrapped)?;
        let usages = texts(&["encrypt", "decrypt"]);
        let algorithm = gcm(&nonce, "");
        let kind = "AES-GCM".into();
        let wrapped = Uint8Array::from(&wrapped[..]);
        settled(self.subtle.unwrap_key("raw", &wrapped, &wrapping, &algorithm, &kind, extractable, &usages)).await
    }
}

impl Keys for BrowserKeys {
    fn random_bytes(&self, n_bytes: usize) -> Vec<u8> {
        random_bytes(n_bytes).unwrap_or_else(|error| {
            log_failure(&error.to_string());
            Vec::new()
        })
    }

    fn stretch(&self, passphrase: &str, salt: &[u8], cost: Cost) -> Later<Vec<u8>> {
        let order = stretch_order(passphrase, salt, cost);
        Box::pin(stretch_in_a_worker(order))
    }

    fn make(&self, passphrase_key: &[u8]) -> Later<Sealed> {
        let (inner, passphrase_key) = (Rc::clone(&self.inner), passphrase_key.to_vec());
        Box::pin(async move {
            let algorithm = object(&[("name", &"AES-GCM".into()), ("length", &N_KEY_BITS.into())]);
            let usages = texts(&["encrypt", "decrypt"]);
            // Readable for as long as it takes to wrap it; what is held afterwards is not.
            let fresh = settled(inner.subtle.generate_key(&algorithm, true, &usages)).await?;
            let wrapped = inner.wrap(&fresh, &passphrase_key).await?;
            inner.hold(inner.unwrap(&passphrase_key, &wrapped, false).await?);
            Ok(wrapped)
        })
    }

    fn unlock(&self, passphrase_key: &[u8], wrapped: &Sealed) -> Later<()> {
        let (inner, passphrase_key, wrapped) = (Rc::clone(&self.inner), passphrase_key.to_vec(), wrapped.clone());
        Box::pin(async move {
            inner.hold(inner.unwrap(&passphrase_key, &wrapped, false).await?);
            Ok(())
        })
    }

    fn rewrap(&self, before: &[u8], wrapped: &Sealed, after: &[u8]) -> Later<Sealed> {
        let (inner, before, wrapped, after) =
            (Rc::clone(&self.inner), before.to_vec(), wrapped.clone(), after.to_vec());
        Box::pin(async move {
            let key = inner.unwrap(&before, &wrapped, true).await?;
            inner.wrap(&key, &after).await
        })
    }

    fn is_open(&self) -> bool {
        self.inner.key.borrow().is_some()
    }

    fn lock(&self) {
        *self.inner.key.borrow_mut() = None;
        *self.inner.session.borrow_mut() = None;
        self.inner.is_on_device.set(false);
        self.inner.post("lock", &JsValue::NULL);
        spawn_local(async {
            if let Err(message) = device_key::write(None).await {
                log_failure(&message);
            }
        });
    }

    fn keep_on_device(&self, is_kept: bool) -> Later<()> {
        let inner = Rc::clone(&self.inner);
        Box::pin(async move {
            let key = if is_kept { Some(inner.key()?) } else { None };
            device_key::write(key).await.map_err(|reason| KeysError::Failed { reason })?;
            inner.is_on_device.set(is_kept);
            inner.post("device", &is_kept.into());
            Ok(())
        })
    }

    fn is_on_device(&self) -> bool {
        self.inner.is_on_device.get()
    }

    fn seal(&self, about: &str, plain: &[u8]) -> Later<Sealed> {
        let (inner, about, plain) = (Rc::clone(&self.inner), about.to_owned(), plain.to_vec());
        Box::pin(async move {
            let key = inner.key()?;
            let nonce = random_bytes(N_NONCE_BYTES)?;
            let hidden =
                settled(inner.subtle.encrypt(&gcm(&nonce, &about), &key, &Uint8Array::from(&plain[..]))).await?;
            Ok(joined(&nonce, &hidden))
        })
    }

    fn open(&self, about: &str, sealed: &Sealed) -> Later<Vec<u8>> {
        let (inner, about, sealed) = (Rc::clone(&self.inner), about.to_owned(), sealed.clone());
        Box::pin(async move { inner.decrypted(&inner.key()?, &about, &sealed).await })
    }

    fn open_under(&self, passphrase_key: &[u8], wrapped: &Sealed, about: &str, sealed: &Sealed) -> Later<Vec<u8>> {
        let (inner, passphrase_key, wrapped) = (Rc::clone(&self.inner), passphrase_key.to_vec(), wrapped.clone());
        let (about, sealed) = (about.to_owned(), sealed.clone());
        Box::pin(async move {
            let key = inner.unwrap(&passphrase_key, &wrapped, false).await?;
            inner.decrypted(&key, &about, &sealed).await
        })
    }

    fn mac(&self, hash: MacHash, key: &[u8], message: &[u8]) -> Later<Vec<u8>> {
        let subtle = self.inner.subtle.clone();
        let (key, message) = (Uint8Array::from(key), Uint8Array::from(message));
        Box::pin(async move {
            let hash = match hash {
                MacHash::Sha1 => "SHA-1",
                MacHash::Sha256 => "SHA-256",
            };
            let algorithm = object(&[("name", &"HMAC".into()), ("hash", &hash.into())]);
            let key = settled(subtle.import_key("raw", &key, &algorithm, false, &texts(&["sign"]))).await?;
            Ok(bytes_of(&settled(subtle.sign(&"HMAC".into(), &key, &message)).await?))
        })
    }

    fn tell(&self, session: Option<&str>) {
        *self.inner.session.borrow_mut() = session.map(str::to_owned);
        self.inner.post_session();
    }
}

/// Stretches off the page, in a worker of its own that is ended afterwards: its memory, passphrase and all, goes with it.
async fn stretch_in_a_worker(order: String) -> Result<Vec<u8>, KeysError> {
    let failed = |reason: &str| KeysError::Failed { reason: reason.to_owned() };
    let (answer, answered) = futures_channel::oneshot::channel();
    let answer = Rc::new(RefCell::new(Some(answer)));
    let name = Role::Calculation.worker_name().unwrap_or_default();
    let link = WorkerLink::spawn(name, move |message| {
        let Some(answer) = answer.borrow_mut().take() else { return };
        let sent = match message {
            WorkerMessage::Text(hex) => answer.send(from_hex(&hex).filter(|key| !key.is_empty())),
            WorkerMessage::Failed { message } => {
                log_failure(&message);
                answer.send(None)
            }
        };
        if sent.is_err() {
            log_failure("nobody waits for the passphrase’s key any more");
        }
    });
    let link = link.map_err(|message| failed(&message))?;
    link.post(&order).map_err(|message| failed(&message))?;
    let key = answered.await.ok().flatten();
    drop(link);
    key.ok_or_else(|| failed("the key of the passphrase could not be made"))
}

async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, KeysError> {
    let result = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    result.map_err(|error| match error.dyn_ref::<DomException>() {
        // What AES-GCM says when the tag does not fit, and nothing more.
        Some(exception) if exception.name() == "OperationError" => KeysError::Wrong,
        Some(exception) => KeysError::Failed { reason: exception.message() },
        None => KeysError::Failed { reason: describe(&error) },
    })
}

fn random_bytes(n_bytes: usize) -> Result<Vec<u8>, KeysError> {
    let mut bytes = vec![0; n_bytes];
    let is_drawn = scope().crypto().is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if is_drawn {
        Ok(bytes)
    } else {
        Err(KeysError::Failed { reason: "this browser draws no random numbers".to_owned() })
    }
}

fn gcm(nonce: &[u8], about: &str) -> JsValue {
    object(&[
        ("name", &"AES-GCM".into()),
        ("iv", &Uint8Array::from(nonce)),
        ("additionalData", &Uint8Array::from(about.as_bytes())),
    ])
}

fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        if Reflect::set(&object, &(*name).into(), value).is_err() {
            log_failure("a plain object takes no field");
        }
    }
    object.into()
}

fn texts(texts: &[&str]) -> Array {
    texts.iter().map(|text| JsValue::from_str(text)).collect()
}

fn bytes_of(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer.unchecked_ref::<ArrayBuffer>()).to_vec()
}

fn joined(nonce: &[u8], hidden: &JsValue) -> Sealed {
    Sealed::new([to_hex(nonce), to_hex(&bytes_of(hidden))].concat())
}

fn parted(sealed: &Sealed) -> Result<(Vec<u8>, Vec<u8>), KeysError> {
    let mut nonce = from_hex(sealed.as_str()).filter(|bytes| bytes.len() > N_NONCE_BYTES).ok_or(KeysError::Wrong)?;
    let hidden = nonce.split_off(N_NONCE_BYTES);
    Ok((nonce, hidden))
}
