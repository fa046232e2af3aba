/// The store in SQLite, for a CAS that is a single process.
package dev.testudo.cas.store.sqlite;
