/// In front of one program: attest, fetch its configuration, inject its files, shield it, start it,
/// watch it. The rooms below know nothing of the two commands that are made of them: `mesh` and
/// `single`.
package dev.testudo.agent;
