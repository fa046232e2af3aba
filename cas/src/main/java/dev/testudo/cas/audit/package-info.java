/// What CAS did: the events and how each is written down. The lines are kept by the store, in the
/// transaction that did it; `trust.audit` chains and verifies them.
package dev.testudo.cas.audit;
