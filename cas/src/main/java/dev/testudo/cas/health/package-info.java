/// The health of CAS and what impairs it.
package dev.testudo.cas.health;
