/// What CAS keeps: one directory, one process, values sealed before the database sees them.
package dev.testudo.cas.store;
