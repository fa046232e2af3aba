/// What the verification of evidence depends on besides the evidence: roots, documents, an instant,
/// and a memory that changes no verdict.
package dev.testudo.trust.attest.context;
