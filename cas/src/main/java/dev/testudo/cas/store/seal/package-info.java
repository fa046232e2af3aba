/// The encryption and authentication of the database. Without the key it cannot be read, and
/// changes are detected.
package dev.testudo.cas.store.seal;
