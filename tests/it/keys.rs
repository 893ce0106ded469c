//! The workspace's key in native code, as the browser has it: RustCrypto where the browser has WebCrypto.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce};
use hmac::{Hmac, Mac};
use hookwright::domain::passphrase::{Cost, stretch};
use hookwright::domain::secret::Sealed;
use hookwright::runtime::keys::{Keys, KeysError, Later, MacHash, from_hex, to_hex};

/// What all tabs of one browser share.
#[derive(Default)]
pub struct NativeKeys {
    key: RefCell<Option<Vec<u8>>>,
    is_on_device: Cell<bool>,
    n_random: Cell<u8>,
    pub told: RefCell<Vec<Option<String>>>,
}

impl NativeKeys {
    pub fn new() -> Rc<Self> {
        Rc::new(Self::default())
    }

    fn encrypt(&self, key: &[u8], about: &str, plain: &[u8]) -> Sealed {
        let nonce = self.random_bytes(12);
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::try_from(key).unwrap());
        let payload = Payload { msg: plain, aad: about.as_bytes() };
        let sealed = cipher.encrypt(&Nonce::try_from(&nonce[..]).unwrap(), payload).unwrap();
        Sealed::new(to_hex(&[nonce, sealed].concat()))
    }
}

fn decrypt(key: &[u8], about: &str, sealed: &Sealed) -> Result<Vec<u8>, KeysError> {
    let bytes = from_hex(sealed.as_str()).ok_or(KeysError::Wrong)?;
    let (nonce, hidden) = bytes.split_at_checked(12).ok_or(KeysError::Wrong)?;
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::try_from(key).unwrap());
    let payload = Payload { msg: hidden, aad: about.as_bytes() };
    cipher.decrypt(&Nonce::try_from(nonce).unwrap(), payload).map_err(|_| KeysError::Wrong)
}

fn ready<T: 'static>(result: Result<T, KeysError>) -> Later<T> {
    Box::pin(std::future::ready(result))
}

pub fn mac(hash: MacHash, key: &[u8], message: &[u8]) -> Vec<u8> {
    match hash {
        MacHash::Sha1 => {
            let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        MacHash::Sha256 => {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
    }
}

impl Keys for NativeKeys {
    /// Not random, and never the same twice.
    fn random_bytes(&self, n_bytes: usize) -> Vec<u8> {
        self.n_random.set(self.n_random.get().wrapping_add(1));
        (0..n_bytes)
            .map(|idx| self.n_random.get().wrapping_mul(37).wrapping_add((idx as u8).wrapping_mul(11)))
            .collect()
    }

    /// A small part of the real cost, so that tests are quick.
    fn stretch(&self, passphrase: &str, salt: &[u8], _cost: Cost) -> Later<Vec<u8>> {
        ready(Ok(stretch(passphrase, salt, Cost { memory_kib: 8, n_passes: 1 }).unwrap()))
    }

    fn make(&self, passphrase_key: &[u8]) -> Later<Sealed> {
        let key = self.random_bytes(32);
        let wrapped = self.encrypt(passphrase_key, "", &key);
        *self.key.borrow_mut() = Some(key);
        ready(Ok(wrapped))
    }

    fn unlock(&self, passphrase_key: &[u8], wrapped: &Sealed) -> Later<()> {
        let opened = decrypt(passphrase_key, "", wrapped);
        ready(opened.map(|key| *self.key.borrow_mut() = Some(key)))
    }

    fn rewrap(&self, before: &[u8], wrapped: &Sealed, after: &[u8]) -> Later<Sealed> {
        ready(decrypt(before, "", wrapped).map(|key| self.encrypt(after, "", &key)))
    }

    fn is_open(&self) -> bool {
        self.key.borrow().is_some()
    }

    fn lock(&self) {
        *self.key.borrow_mut() = None;
        self.is_on_device.set(false);
    }

    fn keep_on_device(&self, is_kept: bool) -> Later<()> {
        self.is_on_device.set(is_kept);
        ready(Ok(()))
    }

    fn is_on_device(&self) -> bool {
        self.is_on_device.get()
    }

    fn seal(&self, about: &str, plain: &[u8]) -> Later<Sealed> {
        let key = self.key.borrow().clone();
        ready(key.map(|key| self.encrypt(&key, about, plain)).ok_or(KeysError::Locked))
    }

    fn open(&self, about: &str, sealed: &Sealed) -> Later<Vec<u8>> {
        let key = self.key.borrow().clone();
        ready(key.ok_or(KeysError::Locked).and_then(|key| decrypt(&key, about, sealed)))
    }

    fn open_under(&self, passphrase_key: &[u8], wrapped: &Sealed, about: &str, sealed: &Sealed) -> Later<Vec<u8>> {
        ready(decrypt(passphrase_key, "", wrapped).and_then(|key| decrypt(&key, about, sealed)))
    }

    fn mac(&self, hash: MacHash, key: &[u8], message: &[u8]) -> Later<Vec<u8>> {
        ready(Ok(mac(hash, key, message)))
    }

    fn tell(&self, session: Option<&str>) {
        self.told.borrow_mut().push(session.map(str::to_owned));
    }
}
