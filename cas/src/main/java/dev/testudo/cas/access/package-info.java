/// Access rights: to sessions, and to the root namespace.
package dev.testudo.cas.access;
