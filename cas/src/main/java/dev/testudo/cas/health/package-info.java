/// Whether CAS can do its work, and what hinders it.
package dev.testudo.cas.health;
