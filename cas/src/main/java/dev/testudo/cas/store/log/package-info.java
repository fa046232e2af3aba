/// The audit log in the database, its copy in a file, and the head that both are checked against.
package dev.testudo.cas.store.log;
