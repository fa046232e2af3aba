/// The store in PostgreSQL, which several CAS processes may share.
package dev.testudo.cas.store.postgresql;
