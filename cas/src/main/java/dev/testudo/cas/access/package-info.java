/// Who may do what: with a session, and in the root namespace.
package dev.testudo.cas.access;
