/// The store in SQLite, for a CAS that is one process.
package dev.testudo.cas.store.sqlite;
