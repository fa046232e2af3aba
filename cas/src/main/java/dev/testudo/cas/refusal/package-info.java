/// Why CAS does not do what it was asked.
package dev.testudo.cas.refusal;
