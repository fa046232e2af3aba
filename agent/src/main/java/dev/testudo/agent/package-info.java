/// In front of one program: attest, fetch its configuration, inject its files, shield it, start it,
/// watch it.
package dev.testudo.agent;
