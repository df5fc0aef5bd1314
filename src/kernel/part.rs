//! A part of a state that copies of the state share until one of them changes it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A copy-on-write value: a clone copies a pointer, the first change copies the value. It derefs to the
/// value.
///
/// A clone of a state with many tables copies a pointer for each; a clone of a part copies one.
#[derive(Debug, Default)]
pub struct Part<T>(Arc<T>);

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Part<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> From<T> for Part<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}
