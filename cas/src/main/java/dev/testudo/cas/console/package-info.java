/// The console: a page for the operator that shows what CAS holds and does. It only reads, and
/// shows no value of a secret.
package dev.testudo.cas.console;
