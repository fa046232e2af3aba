/// Keeps the newest lines of the audit logs of other CAS, for which this one is the witness.
package dev.testudo.cas.witness;
