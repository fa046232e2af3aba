/// The persistent state of CAS: one directory, used by one process. Values are encrypted before the
/// database sees them.
package dev.testudo.cas.store;
