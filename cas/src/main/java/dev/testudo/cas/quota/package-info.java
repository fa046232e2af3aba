/// Limits on how much CAS keeps.
package dev.testudo.cas.quota;
