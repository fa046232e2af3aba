/// Refusals: why CAS does not do what a request asks.
package dev.testudo.cas.refusal;
